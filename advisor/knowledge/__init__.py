"""Cited facts about Airflow, as YAML files, and the types that they are loaded into."""
