"""Recommend, with citations, how an Airflow task should wait for a job outside Airflow."""

__version__ = "0.1.0"
