# The few commands a person needs. `just` alone lists them.

_list:
    @just --list

# make the environment with the pinned versions
setup:
    uv sync

# the quick tests
test:
    uv run pytest -m "not slow and not clone"

# the tests that take longer
test-slow:
    uv run pytest -m "slow or clone"

# look for mistakes and for style
lint:
    uv run ruff check . && uv run ruff format --check .

# check the types
types:
    uv run mypy

# check that each layer imports only from those below it
layers:
    uv run lint-imports

# format, and mend what can be mended without a person
format:
    uv run ruff check --fix . && uv run ruff format .

# run the examples of the documents, follow their links, validate the answers
docs-check:
    uv run pytest tests/test_documents.py

# make the picture of the README again
picture:
    uv run jukushi why kantokuen -q --json | uv run python docs/make_picture.py docs/why.svg

# measure the speed
bench:
    uv run python bench/speed.py
    uv run python bench/campaigns.py

# write the model card again, in both languages
card:
    uv run jukushi card kantokuen --out docs/model-card.md
    uv run jukushi card kantokuen --lang fr --out docs/model-card.fr.md

# fit the case to the part of its record that may be fitted, and write its posterior
fit:
    uv run jukushi fit kantokuen

# compare the program with known answers and with a second implementation, and draw the plots
verify:
    uv run python -m verification
