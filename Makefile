# The front door: each target is a line or two that anyone could type. `make help` lists them.
#
# PRESET=dev|debug|asan|clang builds and tests another way (CMakePresets.json), ARGS= passes arguments
# to the program behind `make bench` or `make test`, CONFIGURE= to CMake:
#
#     make test PRESET=asan ARGS="-L unit"
#     make CONFIGURE=-DHEAPCHURN_ALLOCATOR_PREFIX_JEMALLOC=/opt/jemalloc

PRESET ?= release
BUILD := $(if $(filter release,$(PRESET)),build,build-$(PRESET))
PREFIX ?= /usr/local
SUITE ?= bookworm
BLOCKS := $(if $(QUICK),--quick -r 1,$(if $(FULL),-r 10,-r 3))

.DEFAULT_GOAL := build
.NOTPARALLEL: # ninja is parallel by itself; here the order counts
.PHONY: bench bench-record bench-replay bench-self build check check-control check-preload clean configure deps deps-test format help
.PHONY: install lint package test test-arm64 test-browser test-package test-slurm uninstall
.PHONY: fuzz

build: configure ## compile all programs into build/bin
	cmake --build --preset $(PRESET) --target programs

bench: deps build ## compare the allocators: 5 min; QUICK=1 one block, FULL=1 ten
	build/bin/heapchurn run -w discovery -w discovery-drained $(BLOCKS) $(ARGS)

bench-replay: build ## how near do replays come to their programs? QUICK=1
	@scripts/install-dependencies self programs
	scripts/bench-replay $(ARGS)

bench-record: build ## what recording a program costs, per call
	scripts/bench-record

bench-self: deps build ## is the bench within its budgets? QUICK=1, FULL=1 likewise
	@scripts/install-dependencies self
	scripts/bench-self

test: deps-test configure ## run all tests; ARGS='-R NAME' for some, PRESET=asan
	cmake --build --preset $(PRESET)
	ctest --preset $(PRESET) --output-junit junit.xml $(ARGS)

test-browser: deps-test configure ## report.html and the live page in a real browser
	@scripts/install-dependencies browser
	@scripts/install-node-packages --required reports
	cmake --build --preset $(PRESET) --target programs browser_pages
	@scripts/install-node-packages --required tests/browser
	cd tests/browser && BUILD=$(CURDIR)/$(BUILD) node --test \
		--test-reporter=spec --test-reporter-destination=stdout \
		--test-reporter=junit --test-reporter-destination=$(CURDIR)/$(BUILD)/junit-browser.xml

test-slurm: deps-test configure ## runs on a private Slurm cluster of three nodes, all here
	@scripts/install-dependencies slurm
	cmake --build --preset $(PRESET)
	ctest --preset $(PRESET) -C slurm -R test_on_slurm --output-junit junit-slurm.xml $(ARGS)

# Rows and workload are those of the ceilings file.
CHECK_RUN = rm -rf results/$@ && build/bin/heapchurn run --no-passes -a glibc -a jemalloc -r 3 \
	-o results/$@
CHECK_GATE = build/bin/heapchurn check results/$@ --ceilings ceilings/discovery-drained.yaml

check: deps build ## the CI gate: does it keep its ceilings? 1 to 3 minutes
	$(CHECK_RUN) -w discovery-drained
	$(CHECK_GATE) --rerun --format junit $(ARGS)

check-control: deps build ## does the gate fail when a leak is put in? 1 to 3 minutes
	$(CHECK_RUN) -w ceilings/control/discovery-drained.yaml
	$(CHECK_GATE) $(ARGS); status=$$?; test $$status -eq 1 || \
		{ echo "check-control: exit status $$status where the gate must fail with 1" >&2; exit 1; }
	@echo "check-control: the gate failed on the leak that was put in, as it must"

check-preload: deps build ## are preloaded programs measured as linked ones? 3 minutes
	scripts/check-preload $(ARGS)

SECONDS ?= 60
fuzz: deps-test ## fuzz the readers of foreign data; SECONDS=60 for each
	@scripts/install-dependencies fuzz
	cmake --preset fuzz -DHEAPCHURN_FUZZ_SECONDS=$(SECONDS)
	cmake --build --preset fuzz
	ctest --preset fuzz --output-junit junit.xml $(ARGS)

lint: deps-test configure ## formatter, style rules, shellcheck, yamllint, clang-tidy
	@scripts/install-dependencies lint
	scripts/lint $(ARGS) $(BUILD)

format: ## lay out all C files as .clang-format says
	scripts/list-files -name '*.[ch]' | xargs clang-format-14 -i

deps: ## install what is missing; PAGE=interactive: npm and uPlot too
	@scripts/install-dependencies
	@scripts/install-node-packages $(if $(filter interactive,$(PAGE)),--required) reports

deps-test: deps
	@scripts/install-dependencies test

install: ## after make: into PREFIX=/usr/local, below DESTDIR=
	@test -x $(BUILD)/bin/heapchurn || { echo "nothing is built: make" >&2; exit 1; }
	cmake --install $(BUILD) --prefix $(PREFIX)

uninstall: ## remove what make install brought
	sed 's|^|$(DESTDIR)|' $(BUILD)/install_manifest.txt | xargs -d '\n' rm -f
	find $(addsuffix /heapchurn,$(addprefix $(DESTDIR)$(PREFIX)/,lib libexec share share/doc)) \
		-depth -type d -empty -delete

package: deps ## a Debian package: build-package/*.deb
	@scripts/install-dependencies package
	cmake --preset package $(CONFIGURE)
	cmake --build --preset package
	cd build-package && cpack

test-package: ## the package in a clean root: SUITE=bookworm
	scripts/test-package $(SUITE)

test-arm64: ## unit tests of an arm64 build, in an emulator: SUITE=bookworm
	scripts/test-arm64 $(SUITE)

clean: ## remove everything that was built; results/ stays
	rm -rf build build-*

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Always: takes a second, and an allocator installed meanwhile is noticed.
configure:
	@command -v cmake >/dev/null || { echo "cmake is missing: 'make deps' installs what is needed" >&2; exit 1; }
	cmake --preset $(PRESET) $(CONFIGURE)
