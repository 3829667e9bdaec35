#!/usr/bin/env bash
# The workflows under examples/ci are YAML that their services can read. 77: nothing here reads it.
#
#     test_examples.sh SOURCE_DIR
set -eu
cd "$1/examples/ci"

if command -v actionlint >/dev/null; then
    actionlint github.yml
fi
if command -v yamllint >/dev/null; then
    yamllint --strict -d '{extends: relaxed, rules: {line-length: {max: 100}}}' ./*.yml
elif ! python3 -c 'import yaml' 2>/dev/null; then
    echo "neither yamllint nor Python's yaml is there"
    exit 77
fi
# What a typing mistake would break first: the jobs and their commands are where they must be.
python3 - <<'PYTHON' || { [ $? -eq 77 ] && exit 77; exit 1; }
import sys
try:
    import yaml
except ImportError:
    sys.exit(77)
github = yaml.safe_load(open("github.yml"))
steps = github["jobs"]["check"]["steps"]
assert github[True], "'on:' is YAML's true"
assert any("make check" in step.get("run", "") for step in steps), steps
assert all(("run" in step) != ("uses" in step) for step in steps), steps
gitlab = yaml.safe_load(open("gitlab.yml"))["memory"]
assert any("make check" in line for line in gitlab["script"]), gitlab
assert gitlab["artifacts"]["reports"]["junit"].endswith("junit.xml"), gitlab
PYTHON
