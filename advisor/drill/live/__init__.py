"""A temporary Airflow with all its services, and the faults that are injected into it."""
