"""A throw-away Airflow with all its services, and what is done to it and to its tasks."""
