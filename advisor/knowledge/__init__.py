"""Cited data on Airflow, as YAML files, and the types that they are read into."""
