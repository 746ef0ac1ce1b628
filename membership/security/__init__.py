"""The security log, its alarms, and mail about sign-ins."""
