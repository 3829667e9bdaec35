#!/usr/bin/env bats
# The workflows under examples/ci and examples/cluster are YAML that their services can read.
load helper

setup() {
    stand_in_scratch
    cd "$SOURCE/examples/ci" || return
}

@test "GitHub's own checker" {
    command -v actionlint || skip "actionlint is not installed"
    actionlint github.yml github-own-program.yml ../cluster/github.yml
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
own = yaml.safe_load(open("github-own-program.yml"))["jobs"]["memory"]["steps"]
assert all(("run" in step) != ("uses" in step) for step in own), own
own = yaml.safe_load(open("gitlab-own-program.yml"))["memory-of-the-server"]
assert own["artifacts"]["reports"]["junit"] == "results/now/junit.xml", own
PYTHON
}

# lines FILE: those that call heapchurn, as their job does.
lines() { sed -nE 's/^ *(- |run: )+(heapchurn .*)$/\2/p' "$SOURCE/examples/ci/$1"; }

# In the folder of a job: a server, its workload and its ceilings, and then the lines of the examples.
@test "the gate of one's own program, as the examples call it" {
    ! instrumented || skip "nothing is preloaded into a build under sanitizers"
    [ "$(lines github-own-program.yml)" = "$(lines gitlab-own-program.yml)" ]
    [ "$(lines github-own-program.yml | wc -l)" = 2 ]
    cd "${scratch:?}" || return
    mkdir ci
    cat >ci/server.yaml <<END
question: Does the server hold its ceilings?
load: program
program:
  command: sleep 1000
rounds: 12
quick_rounds: 12
round:
  command: "true"
quiet: 20ms
released: 20ms
END
    cat >ci/ceilings.yaml <<END
ceilings:
  - workload: server
    row: glibc
    subject: program
    metric: rss_anon_plateau_bytes
    at_most: 64 MiB
END
    export PATH=$BIN:$PATH
    lines gitlab-own-program.yml | bash -e >out 2>err || fail "the gate of the examples"
    [ -s results/now/junit.xml ]
}

@test "make help lists every target that says what it is, in 80 columns" {
    local listed
    listed=$(make -s -C "$SOURCE" help)
    [ "$(grep -c . <<<"$listed")" = "$(grep -cE '^[^[:space:]]+:.*## ' "$SOURCE/Makefile")" ] || fail "not all: $listed"
    ! grep -E '.{81}' <<<"$listed" || fail "too wide"
}
