#!/usr/bin/env bats
# The workflows under examples/ci are YAML that their services can read.
load helper

setup() {
    stand_in_scratch
    cd "$SOURCE/examples/ci" || return
}

@test "GitHub's own checker" {
    command -v actionlint || skip "actionlint is not installed"
    actionlint github.yml
}

@test "YAML" {
    command -v yamllint || skip "yamllint is not installed"
    yamllint --strict -d '{extends: relaxed, rules: {line-length: {max: 100}}}' ./*.yml
}

# What a typing mistake would break first: the jobs and their commands are where they must be.
@test "jobs and commands" {
    python3 -c 'import yaml' || skip "Python's yaml is not there"
    python3 - <<'PYTHON'
import yaml
github = yaml.safe_load(open("github.yml"))
steps = github["jobs"]["check"]["steps"]
assert github[True], "'on:' is YAML's true"
assert any("make check" in step.get("run", "") for step in steps), steps
assert all(("run" in step) != ("uses" in step) for step in steps), steps
gitlab = yaml.safe_load(open("gitlab.yml"))["memory"]
assert any("make check" in line for line in gitlab["script"]), gitlab
assert gitlab["artifacts"]["reports"]["junit"].endswith("junit.xml"), gitlab
PYTHON
}
