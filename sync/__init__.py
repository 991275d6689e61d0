"""The wire: topics, messages, payload, letters, reading, steps, session, claims, pulls, mqtt_link."""
