"""Tests of the operator: they need Airflow and pytest, no database and no system."""
