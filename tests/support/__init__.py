"""What the tests stand on: a PostgreSQL server, a live web server, a browser, and guards around requests."""
