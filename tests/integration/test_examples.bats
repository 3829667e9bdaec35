#!/usr/bin/env bats
# The workflows under examples/ci and examples/cluster are YAML that their services can read.
load helper

setup() {
    stand_in_scratch
    cd "$SOURCE/examples/ci" || return
}

@test "GitHub's own checker" {
    command -v actionlint || skip "actionlint is not installed"
    actionlint github.yml ../cluster/github.yml
}

@test "YAML" {
    command -v yamllint || skip "yamllint is not installed"
    yamllint --strict -d '{extends: relaxed, rules: {line-length: {max: 100}}}' ./*.yml \
        ../cluster/*.yml ../cluster/*.yaml
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
job = yaml.safe_load(open("../cluster/kubernetes.yaml"))["spec"]
pod = job["template"]["spec"]["containers"][0]
assert job["completionMode"] == "Indexed" and job["backoffLimitPerIndex"] <= 2, job
assert pod["resources"]["requests"] == pod["resources"]["limits"], "the pod is not Guaranteed"
assert "JOB_COMPLETION_INDEX + 1" in pod["command"][-1], pod
cells = yaml.safe_load(open("../cluster/gitlab.yml"))
assert cells["cell"]["parallel"] == 6 and "-r 6" in cells["plan"]["script"][0], cells
matrix = yaml.safe_load(open("../cluster/github.yml"))["jobs"]["cell"]["strategy"]["matrix"]
assert matrix["cell"] == list(range(1, 7)), matrix
PYTHON
}
