#include "tests/fuzz/targets.h"

namespace pawl::fuzz {
namespace {

constexpr const char* kJsonata[] = {
    "a.b",
    "a[b = 1].c[-1]",
    "$sum(a.c) + $count(a) * n / 2 % 3 - 1",
    "a.{\"k\": b, 'l': $string(c)}",
    "a{$string(b): $count($)}",
    "a^(>b, c[0]).c[]",
    "a.c@$x.$$.a#$i[$i = 1].{'i': $i, 'x': $x, 'p': %.b}",
    "($f := function($n, $m)<nn?:n>{$n <= 1 ? 1 : $n * $f($n - 1)}; $f(5) ~> $string)",
    "$map([1..9], function($v, $i, $all){$v in [2, 4] ? $i : $uppercase('x' & $v)})",
    "$reduce(a.b, $append)",
    "$filter(**, function($v){$type($v) = 'number'})",
    "| a | {'d': b & '!', 'e': [1..3]}, ['c'] |",
    "$ ~> |a[0]|{'b': {'x': $$}}|",
    "$replace(s, /([a-z])-(.)/i, '$2$1$$', 2)",
    "$match(s, /[^-]+/).match",
    "(s ~> /a/).next()",
    "$split(s, /-/, 2) ~> $join('+')",
    "$formatNumber(1234.5678, '#,##0.00;(-0)', {'decimal-separator': '.'})",
    "$formatInteger(1999, 'I') & $formatInteger(2, 'w;o') & $formatBase(255, 16)",
    "$parseInteger('twelve', 'w') + $number('0x1F')",
    ("$fromMillis(1e12, '[FNn], [D1o] [MNn] [Y0001] [H01]:[m01]:[s01].[f001] [z] [W01] [dwo]', "
     "'+0130')"),
    "$toMillis('2018-03-27', '[Y0001]-[M01]-[D01]')",
    "$sort(a.c, function($l, $r){$l > $r})",
    "$each($$, function($v, $k){$k}) ~> $distinct() ~> $reverse()",
    "$merge($spread($sift(a[0], function($v){$boolean($v)})))",
    "$zip([1, 2], ['a'], a) ~> $shuffle",
    "$lookup($$, 's') ?: n ?? z",
    "$single(a, function($v){$v.b = 1}) and $exists(%)",
    "$encodeUrlComponent(s) & $decodeUrl('%C3%A9') & $base64decode($base64encode(s))",
    "$pad(s, -20, '#\\u00e9') ~> $substring(-3, 2) ~> $length",
    "$round(2.5) + $power(2, 10) + $sqrt(4) + $abs(n) + $floor(1.5)",
    "$partition([1..10], 3)[0] ~> $range(1, 5, 2)",
    "$hash(s, 'SHA-256') & $uuid() & $random(7)",
    "$parse('{\"x\": [1, 2.5e3]}').x[1]",
    "$eval('1 + 2') in $keys($$)",
    "($add := function($x){function($y){$x + $y}}; $add(1)(?)(2))",
    "$substringBefore(s, ?)('-')",
    "`a`.*.**[$ > 1] /* c */ != [] and not (true or false)",
    "$assert(false, 'm') & $error('e')",
    "\"\\u0041\\ud83d\\ude00\\n\" < 'b' ? -(1) : [1, [2]].$string()",
};

constexpr const char* kPaths[] = {
    "$.a[0].b",
    "$['a'][*]['c'][-1:]",
    "$..b",
    "$.a[?(@.b == 1 && @.c[0] > 1.5 || !(@.d))]",
    "$.a[?(@.b =~ /x.*/i)].b",
    "$.a[0,1,2]['b','c']",
    "$.a[1:3:2].length()",
    "$$.Execution.Id",
    "$variable.x[0]",
    "$.a[?(@.b in ['x', 'y'])]",
    "$.a[?(@.c size 2)].c.min()",
    "$.a[?(@['b'] nin [1] && @.c subsetof [2, 3.5])]",
    "$.a.c.concat(\"x\", $.s)",
    "$['\\u0061']",
    "$.*~",
};

constexpr const char* kIntrinsics[] = {
    "States.Format('{} and \\'{}\\' \\\\{\\\\}', $.s, $.n)",
    "States.StringToJson('{\"x\": [1, 2]}')",
    "States.JsonToString($.o)",
    "States.Array($.a, 'x', 1.5, null, true)",
    "States.ArrayPartition($.a, 2)",
    "States.ArrayContains($.a, 3)",
    "States.ArrayRange(1, 9, 2)",
    "States.ArrayGetItem($.a, 0)",
    "States.ArrayLength(States.ArrayUnique($.a))",
    "States.Base64Encode($.s)",
    "States.Base64Decode('YSxi')",
    "States.Hash($.s, 'SHA-256')",
    "States.JsonMerge($.o, $.o, false)",
    "States.MathRandom(1, 10, 7)",
    "States.MathAdd($.n, -1)",
    "States.StringSplit($.s, ',;')",
    "States.UUID()",
    "States.Array(States.Array(States.Format('{}', $$.s)))",
    "$.a[0]",
};

constexpr const char* kDefinitions[] = {
    R"({"StartAt":"A","States":{"A":{"Type":"Pass","Result":{"x":1},"ResultPath":"$.y","End":true}}})",
    R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",
      "Parameters":{"FunctionName":"f","Payload.$":"$"},"Retry":[{"ErrorEquals":["States.ALL"],
      "IntervalSeconds":1,"MaxAttempts":2,"BackoffRate":2.0,"JitterStrategy":"FULL"}],
      "Catch":[{"ErrorEquals":["States.ALL"],"Next":"B"}],"Next":"B"},"B":{"Type":"Succeed"}}})",
    R"({"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Pass",
      "Assign":{"x":"{% $states.input.a %}"},"Output":{"y":"{% $x + 1 %}"},"Next":"C"},
      "C":{"Type":"Choice","Choices":[{"Condition":"{% $x > 1 %}","Next":"F"}],"Default":"W"},
      "W":{"Type":"Wait","Seconds":"{% 1 %}","End":true},
      "F":{"Type":"Fail","Error":"E","Cause":"{% 'c' %}"}}})",
    R"({"StartAt":"M","States":{"M":{"Type":"Map","ItemsPath":"$.a","MaxConcurrency":2,
      "ItemSelector":{"v.$":"$$.Map.Item.Value"},"ItemProcessor":{"ProcessorConfig":{"Mode":
      "DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"P","States":{"P":{"Type":"Parallel",
      "Branches":[{"StartAt":"X","States":{"X":{"Type":"Pass","End":true}}}],"End":true}}},
      "End":true}}})",
    R"({"StartAt":"C","States":{"C":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.a",
      "NumericGreaterThan":1},{"Not":{"Variable":"$.b","StringMatches":"x*"}}],"Next":"E"}]},
      "E":{"Type":"Wait","TimestampPath":"$.t","End":true}}})",
};

constexpr Target kTargets[] = {
    {"jsonata", jsonata, kJsonata},
    {"path", path, kPaths},
    {"intrinsics", intrinsics, kIntrinsics},
    {"definition", definition, kDefinitions},
};

// [pawl] SplitMix64: good enough to choose with, and the same everywhere.
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return bound == 0 ? 0 : static_cast<std::size_t>((z ^ (z >> 31U)) % bound);
  }

 private:
  std::uint64_t state_;
};

}  // namespace

std::span<const Target> targets() { return kTargets; }

std::string mutate(std::string_view text,
                   std::span<const char* const> seeds,
                   std::uint64_t number) {
  Draws draws(number);
  std::string out(text);
  for (std::size_t changes = 1 + draws.below(4); changes > 0; --changes) {
    const std::size_t at = draws.below(out.size() + 1);
    const std::string_view other = seeds[draws.below(seeds.size())];
    const std::size_t from = draws.below(other.size() + 1);
    const std::string_view part = other.substr(from, draws.below(24));
    switch (draws.below(6)) {
      case 0:
        out.erase(at, draws.below(12));
        break;
      case 1:
        out.insert(at, part);
        break;
      case 2:
        out.replace(at, draws.below(12), part);
        break;
      case 3:
        out.insert(at, out.substr(at, draws.below(24)));
        break;
      case 4:
        out.insert(at, draws.below(40), "([{$.\"-1"[draws.below(8)]);
        break;
      default:
        if (at < out.size()) out[at] = static_cast<char>(draws.below(256));
    }
  }
  return out;
}

TwoParts split(std::string_view input) {
  const std::size_t zero = input.find('\0');
  if (zero == std::string_view::npos) return {input, {}};
  return {input.substr(0, zero), input.substr(zero + 1)};
}

}  // namespace pawl::fuzz
