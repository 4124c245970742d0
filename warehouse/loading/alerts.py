"""Alerts: found once, and told on each channel until that worked."""

from warehouse.loading.step import Step


def record(step: Step) -> None:
    """Keep new alerts, and where their deliveries stand now."""
    step.sql(
        "INSERT INTO alerts SELECT * FROM staged_alerts ANTI JOIN alerts USING (alert_id)",
        """
        MERGE INTO alert_deliveries AS d USING staged_alert_deliveries AS s
        ON d.alert_id = s.alert_id AND d.channel = s.channel
        WHEN MATCHED AND d.state <> 'delivered' THEN UPDATE SET
          state = s.state, attempts = s.attempts, attempted_at = s.attempted_at, error = s.error
        WHEN NOT MATCHED THEN INSERT VALUES
          (s.alert_id, s.channel, s.state, s.attempts, s.attempted_at, s.error)
        """,
    )
