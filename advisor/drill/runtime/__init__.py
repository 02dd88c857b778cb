"""What runs where Airflow is: the standard library and Airflow alone, nothing else of advisor."""
