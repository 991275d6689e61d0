"""Lane to headquarters: topics, messages, letters, session, claims, pulls, mqtt_link."""
