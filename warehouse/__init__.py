"""Everything about the database: one writer, one opener for reading, migrations, marts."""
