"""What watches over a network from outside: alert rules for Prometheus and dashboards for Grafana, declared once."""
