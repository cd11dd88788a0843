SHELL := /bin/bash
# Without --norc, bash reads bashrc when its stdin is a socket, and -u then reports the variables that bashrc expects.
.SHELLFLAGS := --norc -eu -o pipefail -c
.DEFAULT_GOAL := help
# What was given on the command line reaches a recipe through its environment, as it was typed: make expands nothing in it, and no shell
# sees it as part of a command.
override VIDEO := $(value VIDEO)
override KEEP := $(value KEEP)
override NAME := $(value NAME)
export VIDEO KEEP NAME
.PHONY: help setup build demo example test clean distclean

# Where a step that is done leaves its mark; gone with node_modules.
stamps := node_modules/.vodflow
# Folders too: their time changes when a file is removed.
sources := $(shell find src -name '*.ts' -o -type d) tsconfig.json tsconfig.build.json scripts/bundle-workflows.mjs package.json
say = @printf '\033[1m==> %s\033[0m\n'

help: ## What there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18
	@printf '\n  make demo VIDEO=path/to/clip.mp4   with a video of your own\n  make demo KEEP=1                   leaves everything up until Ctrl-C\n'

setup: $(stamps)/ready ## Installs and builds everything that the demo needs

build: $(stamps)/built ## Builds the package into dist

demo: setup ## Runs a real video through everything, with no cloud account
	@npx --no-install tsx demo/run.ts

example: setup ## Runs one of examples/: make example NAME=publish-episode
	@test -f "examples/$$NAME/run.ts" || { echo 'give NAME one of these: $(notdir $(patsubst %/run.ts,%,$(wildcard examples/*/run.ts)))'; exit 2; }
	@npx --no-install tsx "examples/$$NAME/run.ts"

test: setup $(stamps)/browser ## Sets up, checks style and types, runs all tests but the walk
	$(say) 'style'
	@npx --no-install biome check .
	$(say) 'types'
	@npx --no-install tsc --noEmit
	$(say) 'tests (a few minutes; CONTRIBUTING.md has the times)'
	@npx --no-install vitest run --project '!walk'

clean: ## Removes what was built and reported
	rm -rf dist demo/report $(stamps)

distclean: clean ## And what was installed (the Temporal programs stay in ~/.cache/vodflow)
	rm -rf node_modules

$(stamps)/installed: package.json package-lock.json
	@node scripts/check-node.mjs
	$(say) 'installing packages (about 600 MB with the tools for tests)'
	@# Not npm ci: it wants lock entries for the binaries of every platform, which a mirror may not have.
	@npm install --no-audit --no-fund
	@mkdir -p $(stamps) && touch $@

$(stamps)/built: $(stamps)/installed $(sources)
	$(say) 'building'
	@rm -rf dist && npm run --silent build
	@chmod +x dist/cli/main.js && ln -sf ../../dist/cli/main.js node_modules/.bin/vodflow
	@touch $@

$(stamps)/ready: $(stamps)/built
	$(say) 'Temporal, ffmpeg'
	@npx --no-install tsx scripts/fetch-tools.ts
	@touch $@

$(stamps)/browser: $(stamps)/installed
	$(say) 'browser for the tests'
	@scripts/ensure-chromium.sh
	@touch $@
