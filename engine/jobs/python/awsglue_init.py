"""The part of awsglue that needs no Spark."""
