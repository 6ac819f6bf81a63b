# Short names for the two scripts; everything real is in script/.
.PHONY: server test fast format messages

server:
	script/server

test:
	script/test

fast:
	script/test --fast

format:
	.venv-test/bin/ruff format .
	.venv-test/bin/ruff check --fix .
	.venv-test/bin/djlint --reformat --quiet templates || .venv-test/bin/djlint --reformat --quiet templates

messages:
	.venv-test/bin/python -m tests.support.messages
