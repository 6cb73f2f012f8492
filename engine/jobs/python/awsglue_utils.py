"""awsglue.utils: the options of a job run."""

# Options every job has, whether asked for or not.
_RESERVED = {
    "job_bookmark_option": "job-bookmark-disable",
    "job_bookmark_from": None,
    "job_bookmark_to": None,
    "JOB_ID": None,
    "JOB_RUN_ID": None,
    "SECURITY_CONFIGURATION": None,
    "encryption_type": None,
    "enable_data_lineage": None,
    "RedshiftTempDir": None,
    "TempDir": None,
}


class GlueArgumentError(Exception):
    pass


def _normal(name):
    return name.lstrip("-").replace("-", "_")


def _given(args):
    """--KEY VALUE, --KEY=VALUE, and --KEY alone."""
    values = {}
    words = list(args)
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if not word.startswith("--") or len(word) < 3:
            continue
        name, equals, value = word.partition("=")
        if not equals and index < len(words) and not words[index].startswith("--"):
            value = words[index]
            index += 1
        values[_normal(name)] = value
    return values


def getResolvedOptions(args, options):
    given = _given(args)
    resolved = {}
    for name, default in _RESERVED.items():
        resolved[name] = given.get(name, default)
    wanted = [_normal(option) for option in options]
    missing = [name for name in wanted if name not in given]
    if missing:
        raise GlueArgumentError("the following arguments are required: " + ", ".join("--" + name for name in missing))
    for name in wanted:
        resolved[name] = given[name]
    return resolved
