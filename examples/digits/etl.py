"""The Glue job: raw pictures in, normalised training and test data out.

    --S3_SOURCE s3://bucket/prefix   CSV files with a header: label, 64 pixels from 0 to 16
    --S3_DEST   s3://bucket/prefix   gets train/train.csv and test/test.csv, no header, pixels from 0 to 1
    --TEST_SHARE 0.25                share of the pictures that is held out
    --SEED 7                         which ones: the same every time
"""
import csv
import io
import random
import sys

import boto3
from awsglue.utils import getResolvedOptions

PIXEL_MAX = 16


def split_uri(uri):
    bucket, _, key = uri[len("s3://"):].partition("/")
    return bucket, key.rstrip("/")


def read_pictures(s3, source):
    bucket, prefix = split_uri(source)
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix + "/")
    for item in sorted(entry["Key"] for entry in listed.get("Contents", [])):
        text = s3.get_object(Bucket=bucket, Key=item)["Body"].read().decode("utf-8")
        rows = csv.reader(io.StringIO(text))
        next(rows)  # the header
        for row in rows:
            yield int(row[0]), [float(pixel) / PIXEL_MAX for pixel in row[1:]]


def write_pictures(s3, destination, name, pictures):
    bucket, prefix = split_uri(destination)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for label, pixels in pictures:
        writer.writerow([label] + ["%g" % pixel for pixel in pixels])
    key = "%s/%s/%s.csv" % (prefix, name, name)
    s3.put_object(Bucket=bucket, Key=key, Body=out.getvalue().encode("utf-8"), ContentType="text/csv")
    print("wrote %d pictures to s3://%s/%s" % (len(pictures), bucket, key))


def main():
    options = getResolvedOptions(sys.argv, ["S3_SOURCE", "S3_DEST", "TEST_SHARE", "SEED"])
    s3 = boto3.client("s3")
    pictures = list(read_pictures(s3, options["S3_SOURCE"]))
    if not pictures:
        raise ValueError("there are no pictures below " + options["S3_SOURCE"])
    random.Random(int(options["SEED"])).shuffle(pictures)
    held_out = round(len(pictures) * float(options["TEST_SHARE"]))
    write_pictures(s3, options["S3_DEST"], "test", pictures[:held_out])
    write_pictures(s3, options["S3_DEST"], "train", pictures[held_out:])


main()
