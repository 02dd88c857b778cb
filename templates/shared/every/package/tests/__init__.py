"""Tests of the operator. They need Airflow and pytest, no database and no network."""
