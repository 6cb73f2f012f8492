"""awsglue.context wants Spark."""

raise ImportError("awsglue.context needs Spark, which is not part of pawl: map this kind of job to an interpreter that has it "
                  "by a row in images.json, such as {\"image\": \"glueetl:*\", \"python\": \"/opt/spark/bin/python\"}")
