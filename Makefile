# The front door: each target is a line or two that anyone could type. `make help` lists them.
#
# PRESET=debug|asan|clang builds and tests another way (CMakePresets.json), ARGS= passes arguments
# to the program behind `make bench` or `make test`, CONFIGURE= to CMake:
#
#     make test PRESET=asan ARGS="-L unit"
#     make CONFIGURE=-DHEAPCHURN_ALLOCATOR_PREFIX_JEMALLOC=/opt/jemalloc

PRESET ?= release
BUILD := $(if $(filter release,$(PRESET)),build,build-$(PRESET))
BLOCKS := $(if $(QUICK),--quick -r 1,$(if $(FULL),-r 10,-r 3))

.DEFAULT_GOAL := build
.NOTPARALLEL: # ninja is parallel by itself; here the order counts
.PHONY: bench bench-self build check clean configure deps format help lint test

build: configure ## compile everything into build/bin
	cmake --build --preset $(PRESET)

bench: deps build ## compare the allocators: ~5 minutes, QUICK=1 one block, FULL=1 ten blocks
	build/bin/heapchurn run -w discovery -w discovery-drained $(BLOCKS) $(ARGS)

bench-self: deps build ## is the bench within its own budgets? QUICK=1, FULL=1 as above
	@scripts/install-dependencies self
	scripts/bench-self

test: deps build ## run all tests
	ctest --preset $(PRESET) --output-junit junit.xml $(ARGS)

check: ## the CI gate: are the ceilings of this repository kept?
	@echo "make check: the CI gate with ceilings comes with 'heapchurn check'" >&2; exit 2

lint: deps configure ## formatter, style rules, shellcheck, yamllint, clang-tidy
	@scripts/install-dependencies lint
	scripts/lint $(ARGS) $(BUILD)

format: ## lay out all C files as .clang-format says
	scripts/list-files -name '*.[ch]' | xargs clang-format-14 -i

deps: ## install what is missing (Debian, Ubuntu)
	@scripts/install-dependencies

clean: ## remove everything that was built; results/ stays
	rm -rf build build-*

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Always: takes a second, and an allocator installed meanwhile is noticed.
configure:
	cmake --preset $(PRESET) $(CONFIGURE)
