"""Alerts: what the rules of `alerts.toml` find in the snapshot, told once to whoever asked.

    rules ─► findings ─► alerts in the warehouse, with their deliveries ─► mail, webhook, event

An alert is written down before it is sent, so that a delivery that fails is tried again by
the next run, and one that succeeded is not repeated.
"""
