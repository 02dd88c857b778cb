"""Code that runs in Airflow's interpreter; it imports only the standard library and Airflow."""
