"""A job API on loopback, with faults that can be switched on.

Uses only the standard library, so that tests can import it in an environment with Airflow.
"""
