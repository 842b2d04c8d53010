"""A provider of payments as a program of its own, in the shape of Stripe's PaymentIntents, over a simulated one."""
