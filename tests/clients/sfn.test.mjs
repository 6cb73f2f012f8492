// Every action of Step Functions by AWS's JavaScript client, with its paginators and error classes.
// PAWL_URL says where the server is.
import assert from 'node:assert/strict';
import {after, before, describe, test} from 'node:test';
import * as sfn from '@aws-sdk/client-sfn';

const url = process.env.PAWL_URL;
const roleArn = 'arn:aws:iam::123456789012:role/tests';
const called = new Set();

const client = new sfn.SFNClient({
  endpoint: url,
  region: 'us-east-1',
  disableHostPrefix: true,
  maxAttempts: 1,
  credentials: {accessKeyId: 'any', secretAccessKey: 'any'},
});
client.middlewareStack.add(
    (next, context) => async (args) => {
      called.add(context.commandName);
      return next(args);
    },
    {step: 'initialize'});

// Calls an action by its name.
const act = (name, input = {}) => client.send(new sfn[`${name}Command`](input));

// The action fails, with AWS's own class for that error.
async function refuses(name, input, errorName) {
  await assert.rejects(act(name, input), (error) => {
    assert.equal(error.name, errorName, error.message);
    if (sfn[errorName]) assert.ok(error instanceof sfn[errorName], `${errorName} is not its class`);
    assert.ok(error instanceof sfn.SFNServiceException);
    assert.ok(error.$metadata.requestId);
    return true;
  });
}

async function eventually(what) {
  for (let i = 0; i < 600; ++i) {
    const found = await what();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('it did not happen within 30 s');
}

const machine = (states, startAt = Object.keys(states)[0]) =>
    JSON.stringify({StartAt: startAt, States: states});
const pass = machine({P: {Type: 'Pass', End: true}});

let made = 0;
async function create(definition, more = {}) {
  const {stateMachineArn} =
      await act('CreateStateMachine', {name: `js-${process.pid}-${++made}`, definition, roleArn, ...more});
  return stateMachineArn;
}
const start = async (stateMachineArn, more = {}) =>
    (await act('StartExecution', {stateMachineArn, ...more})).executionArn;
const ended = (executionArn) => eventually(async () => {
  const execution = await act('DescribeExecution', {executionArn});
  return execution.status !== 'RUNNING' && execution;
});
async function all(paginator, input) {
  const pages = [];
  for await (const page of sfn[paginator]({client, pageSize: 2}, input)) pages.push(page);
  return pages;
}

describe('state machines', () => {
  test('are created, described, updated, listed in pages and deleted', async () => {
    const stateMachineArn = await create(pass, {tags: [{key: 'team', value: 'a'}]});
    const found = await act('DescribeStateMachine', {stateMachineArn});
    assert.equal(found.definition, pass);
    assert.equal(found.status, 'ACTIVE');
    assert.ok(found.creationDate instanceof Date);
    const other = machine({Q: {Type: 'Succeed'}});
    const updated = await act('UpdateStateMachine', {stateMachineArn, definition: other});
    assert.ok(updated.revisionId && updated.updateDate instanceof Date);
    assert.equal((await act('DescribeStateMachine', {stateMachineArn})).definition, other);
    for (let i = 0; i < 4; ++i) await create(pass);
    const pages = await all('paginateListStateMachines', {});
    assert.ok(pages.length >= 3);
    const arns = pages.flatMap((page) => page.stateMachines.map((one) => one.stateMachineArn));
    assert.ok(arns.includes(stateMachineArn));
    assert.equal(new Set(arns).size, arns.length);
    assert.ok((await act('ListStateMachines', {maxResults: 1})).nextToken);
    await act('DeleteStateMachine', {stateMachineArn});
    await eventually(async () => {
      try {
        return (await act('DescribeStateMachine', {stateMachineArn})).status !== 'DELETING' && false;
      } catch (error) {
        return error instanceof sfn.StateMachineDoesNotExist;
      }
    });
  });

  test('that are wrong are refused by AWS\'s errors', async () => {
    await refuses('CreateStateMachine', {name: 'bad', definition: '{', roleArn}, 'InvalidDefinition');
    await refuses('CreateStateMachine', {name: 'a b', definition: pass, roleArn}, 'InvalidName');
    await refuses('CreateStateMachine', {name: 'x', definition: pass, roleArn: 'r'}, 'InvalidArn');
    await refuses('DescribeStateMachine', {stateMachineArn: 'nothing'}, 'InvalidArn');
    await refuses('DescribeStateMachine',
        {stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:none'},
        'StateMachineDoesNotExist');
    const stateMachineArn = await create(pass);
    await refuses('UpdateStateMachine', {stateMachineArn}, 'MissingRequiredParameter');
    await refuses('CreateStateMachine', {
      name: stateMachineArn.split(':').pop(),
      definition: machine({Other: {Type: 'Succeed'}}),
      roleArn,
    }, 'StateMachineAlreadyExists');
  });

  test('are checked without being created', async () => {
    const fine = await act('ValidateStateMachineDefinition', {definition: pass});
    assert.equal(fine.result, 'OK');
    const wrong = await act('ValidateStateMachineDefinition',
        {definition: machine({P: {Type: 'Pass', Next: 'Nowhere'}})});
    assert.equal(wrong.result, 'FAIL');
    assert.ok(wrong.diagnostics.length > 0 && wrong.diagnostics[0].code);
  });

  test('have versions and aliases', async () => {
    const stateMachineArn = await create(pass);
    const first = await act('PublishStateMachineVersion', {stateMachineArn, description: 'one'});
    assert.ok(first.stateMachineVersionArn.endsWith(':1'));
    await act('UpdateStateMachine', {stateMachineArn, definition: machine({S: {Type: 'Succeed'}})});
    const second = await act('PublishStateMachineVersion', {stateMachineArn});
    const versions = await act('ListStateMachineVersions', {stateMachineArn});
    assert.deepEqual(versions.stateMachineVersions.map((v) => v.stateMachineVersionArn),
        [second.stateMachineVersionArn, first.stateMachineVersionArn]);
    const routing = (arn) => [{stateMachineVersionArn: arn, weight: 100}];
    const {stateMachineAliasArn} = await act('CreateStateMachineAlias',
        {name: 'live', routingConfiguration: routing(first.stateMachineVersionArn)});
    await act('UpdateStateMachineAlias',
        {stateMachineAliasArn, routingConfiguration: routing(second.stateMachineVersionArn)});
    const alias = await act('DescribeStateMachineAlias', {stateMachineAliasArn});
    assert.equal(alias.routingConfiguration[0].stateMachineVersionArn, second.stateMachineVersionArn);
    const aliases = await act('ListStateMachineAliases', {stateMachineArn});
    assert.equal(aliases.stateMachineAliases.length, 1);
    const execution = await ended(await start(stateMachineAliasArn));
    assert.equal(execution.stateMachineAliasArn, stateMachineAliasArn);
    assert.equal(execution.stateMachineVersionArn, second.stateMachineVersionArn);
    await refuses('DeleteStateMachineVersion',
        {stateMachineVersionArn: second.stateMachineVersionArn}, 'ConflictException');
    await act('DeleteStateMachineAlias', {stateMachineAliasArn});
    await refuses('DescribeStateMachineAlias', {stateMachineAliasArn}, 'ResourceNotFound');
    await act('DeleteStateMachineVersion', {stateMachineVersionArn: first.stateMachineVersionArn});
  });

  test('have tags', async () => {
    const resourceArn = await create(pass, {tags: [{key: 'a', value: '1'}]});
    await act('TagResource', {resourceArn, tags: [{key: 'b', value: '2'}]});
    await act('UntagResource', {resourceArn, tagKeys: ['a']});
    assert.deepEqual((await act('ListTagsForResource', {resourceArn})).tags, [{key: 'b', value: '2'}]);
    await refuses('ListTagsForResource',
        {resourceArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:none'}, 'ResourceNotFound');
  });
});

describe('executions', () => {
  test('are started, described, listed in pages, and tell their history', async () => {
    const stateMachineArn = await create(pass);
    const executionArn = await start(stateMachineArn, {name: 'one', input: '{"a":1}'});
    const execution = await ended(executionArn);
    assert.equal(execution.status, 'SUCCEEDED');
    assert.equal(execution.output, '{"a":1}');
    assert.ok(execution.stopDate instanceof Date);
    await refuses('StartExecution', {stateMachineArn, name: 'one', input: '{"a":2}'},
        'ExecutionAlreadyExists');
    await refuses('StartExecution', {stateMachineArn, input: 'no JSON'}, 'InvalidExecutionInput');
    await refuses('DescribeExecution', {executionArn: `${executionArn}-none`}, 'ExecutionDoesNotExist');
    const events = (await all('paginateGetExecutionHistory', {executionArn})).flatMap((p) => p.events);
    assert.deepEqual(events.map((e) => e.type),
        ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded']);
    assert.deepEqual(events.map((e) => e.id), [1, 2, 3, 4]);
    const last = await act('GetExecutionHistory', {executionArn, reverseOrder: true, maxResults: 1});
    assert.equal(last.events[0].executionSucceededEventDetails.output, '{"a":1}');
    for (let i = 0; i < 4; ++i) await ended(await start(stateMachineArn));
    const pages = await all('paginateListExecutions', {stateMachineArn, statusFilter: 'SUCCEEDED'});
    assert.deepEqual(pages.map((page) => page.executions.length), [2, 2, 1]);
    const of = await act('DescribeStateMachineForExecution', {executionArn});
    assert.equal(of.definition, pass);
    assert.ok((await act('ListExecutions', {stateMachineArn, maxResults: 1})).nextToken);
  });

  test('are stopped and redriven', async () => {
    const stateMachineArn = await create(machine({W: {Type: 'Wait', Seconds: 3600, End: true}}));
    const executionArn = await start(stateMachineArn);
    const {stopDate} = await act('StopExecution', {executionArn, error: 'Enough', cause: 'a test'});
    assert.ok(stopDate instanceof Date);
    const stopped = await act('DescribeExecution', {executionArn});
    assert.equal(stopped.status, 'ABORTED');
    assert.equal(stopped.error, 'Enough');
    assert.equal(stopped.redriveStatus, 'REDRIVABLE');
    const {redriveDate} = await act('RedriveExecution', {executionArn});
    assert.ok(redriveDate instanceof Date);
    assert.equal((await act('DescribeExecution', {executionArn})).redriveCount, 1);
    await refuses('RedriveExecution', {executionArn}, 'ExecutionNotRedrivable');
    await act('StopExecution', {executionArn});
  });

  test('of express machines answer in one call', async () => {
    const stateMachineArn = await create(pass, {type: 'EXPRESS'});
    const result = await act('StartSyncExecution', {stateMachineArn, input: '{"b":2}'});
    assert.equal(result.status, 'SUCCEEDED');
    assert.equal(result.output, '{"b":2}');
    assert.ok(result.billingDetails.billedDurationInMilliseconds > 0);
    await refuses('StartSyncExecution', {stateMachineArn: await create(pass)},
        'StateMachineTypeNotSupported');
    await refuses('ListExecutions', {stateMachineArn}, 'StateMachineTypeNotSupported');
  });
});

describe('tasks', () => {
  let activityArn;
  before(async () => {
    ({activityArn} = await act('CreateActivity', {name: `worker-${process.pid}`}));
  });
  after(() => act('DeleteActivity', {activityArn}));

  async function taken() {
    const stateMachineArn = await create(machine(
        {T: {Type: 'Task', Resource: activityArn, HeartbeatSeconds: 60, End: true}}));
    const executionArn = await start(stateMachineArn, {input: '{"n":3}'});
    const task = await act('GetActivityTask', {activityArn, workerName: 'js'});
    assert.equal(task.input, '{"n":3}');
    return {executionArn, taskToken: task.taskToken};
  }

  test('of activities are taken, kept alive and done', async () => {
    assert.ok((await act('DescribeActivity', {activityArn})).creationDate instanceof Date);
    for (let i = 0; i < 3; ++i) await act('CreateActivity', {name: `more-${process.pid}-${i}`});
    const pages = await all('paginateListActivities', {});
    assert.ok(pages.flatMap((page) => page.activities).length >= 4);
    assert.ok((await act('ListActivities', {maxResults: 1})).nextToken);
    const {executionArn, taskToken} = await taken();
    await act('SendTaskHeartbeat', {taskToken});
    await act('SendTaskSuccess', {taskToken, output: '{"done":true}'});
    assert.equal((await ended(executionArn)).output, '{"done":true}');
    await refuses('SendTaskSuccess', {taskToken, output: '1'}, 'TaskTimedOut');
  });

  test('that fail say why, and wrong answers are refused', async () => {
    const {executionArn, taskToken} = await taken();
    await refuses('SendTaskSuccess', {taskToken: 'guessed', output: '1'}, 'InvalidToken');
    await refuses('SendTaskSuccess', {taskToken, output: 'no JSON'}, 'InvalidOutput');
    await act('SendTaskFailure', {taskToken, error: 'Broken', cause: 'it fell'});
    const execution = await ended(executionArn);
    assert.equal(execution.status, 'FAILED');
    assert.equal(execution.error, 'Broken');
    assert.equal(execution.cause, 'it fell');
    await refuses('SendTaskHeartbeat', {taskToken}, 'TaskTimedOut');
    await refuses('DescribeActivity', {activityArn: `${activityArn}-none`}, 'ActivityDoesNotExist');
  });
});

describe('map runs', () => {
  const map = (states) => machine({
    M: {
      Type: 'Map',
      MaxConcurrency: 2,
      ItemProcessor: {
        ProcessorConfig: {Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD'},
        StartAt: Object.keys(states)[0],
        States: states,
      },
      End: true,
    },
  });

  test('are listed and described, with their children', async () => {
    const stateMachineArn = await create(map({P: {Type: 'Pass', End: true}}));
    const executionArn = await start(stateMachineArn, {input: '[1,2,3]'});
    assert.equal((await ended(executionArn)).output, '[1,2,3]');
    const pages = await all('paginateListMapRuns', {executionArn});
    const {mapRunArn} = pages[0].mapRuns[0];
    const run = await act('DescribeMapRun', {mapRunArn});
    assert.equal(run.status, 'SUCCEEDED');
    assert.equal(run.itemCounts.succeeded, 3);
    assert.equal((await act('ListExecutions', {mapRunArn})).executions.length, 3);
    await refuses('UpdateMapRun', {mapRunArn: `${mapRunArn}x`, maxConcurrency: 1}, 'ResourceNotFound');
  });

  test('are changed while they run', async () => {
    const stateMachineArn = await create(map({W: {Type: 'Wait', Seconds: 3600, End: true}}));
    const executionArn = await start(stateMachineArn, {input: '[1,2,3]'});
    const {mapRunArn} = await eventually(
        async () => (await act('ListMapRuns', {executionArn})).mapRuns[0]);
    await act('UpdateMapRun', {mapRunArn, maxConcurrency: 1, toleratedFailureCount: 2});
    const run = await act('DescribeMapRun', {mapRunArn});
    assert.equal(run.maxConcurrency, 1);
    assert.equal(run.toleratedFailureCount, 2);
    await act('StopExecution', {executionArn});
  });
});

describe('states', () => {
  test('are tested alone', async () => {
    const tested = await act('TestState', {
      definition: JSON.stringify({Type: 'Pass', Parameters: {'b.$': '$.a'}, Next: 'After'}),
      input: '{"a":7}',
      inspectionLevel: 'DEBUG',
      roleArn,
    });
    assert.equal(tested.status, 'SUCCEEDED');
    assert.equal(tested.output, '{"b":7}');
    assert.equal(tested.nextState, 'After');
    assert.equal(tested.inspectionData.afterParameters, '{"b":7}');
    await refuses('TestState', {definition: '{', roleArn}, 'InvalidDefinition');
  });
});

// Last: node runs a file's tests in their order.
test('every action of the client was called', () => {
  const actions = Object.keys(sfn)
                      .filter((name) => name.endsWith('Command') && name !== '$Command')
                      .sort();
  assert.equal(actions.length, 37);
  assert.deepEqual(actions.filter((name) => !called.has(name)), []);
});
