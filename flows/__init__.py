"""The Prefect flows, and the steps they are made of."""
