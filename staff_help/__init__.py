"""What a cashier sees and can say."""
