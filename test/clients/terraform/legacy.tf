# What older configurations hold: origin access identities, a website endpoint as a custom origin, and bucket settings of their own.

resource "aws_s3_bucket" "identities" {
  bucket = "terraform-identities"
}

resource "aws_s3_bucket_ownership_controls" "identities" {
  bucket = aws_s3_bucket.identities.id
  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_versioning" "identities" {
  bucket = aws_s3_bucket.identities.id
  versioning_configuration {
    status = "Suspended"
  }
}

resource "aws_s3_bucket_cors_configuration" "identities" {
  bucket = aws_s3_bucket.identities.id
  cors_rule {
    allowed_headers = ["*"]
    allowed_methods = ["GET", "HEAD"]
    allowed_origins = ["https://www.example.com"]
    expose_headers  = ["ETag"]
    max_age_seconds = 3000
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "identities" {
  bucket = aws_s3_bucket.identities.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_object" "by_arn" {
  bucket  = aws_s3_bucket.identities.id
  key     = "arn/page.txt"
  content = "by arn"
}

resource "aws_s3_object" "by_canonical_user" {
  bucket  = aws_s3_bucket.identities.id
  key     = "canonical/page.txt"
  content = "by canonical user"
}

resource "aws_cloudfront_origin_access_identity" "by_arn" {
  comment = "named by ARN"
}

resource "aws_cloudfront_origin_access_identity" "by_canonical_user" {
  comment = "named by canonical user"
}

data "aws_iam_policy_document" "identities" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.identities.arn}/arn/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_cloudfront_origin_access_identity.by_arn.iam_arn]
    }
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.identities.arn}/canonical/*"]
    principals {
      type        = "CanonicalUser"
      identifiers = [aws_cloudfront_origin_access_identity.by_canonical_user.s3_canonical_user_id]
    }
  }
}

resource "aws_s3_bucket_policy" "identities" {
  bucket = aws_s3_bucket.identities.id
  policy = data.aws_iam_policy_document.identities.json
}

resource "aws_s3_bucket" "website" {
  bucket = "terraform-website"
}

resource "aws_s3_bucket_public_access_block" "website" {
  bucket                  = aws_s3_bucket.website.id
  block_public_acls       = false
  block_public_policy     = false
  ignore_public_acls      = false
  restrict_public_buckets = false
}

resource "aws_s3_bucket_website_configuration" "website" {
  bucket = aws_s3_bucket.website.id
  index_document {
    suffix = "index.html"
  }
  error_document {
    key = "error.html"
  }
}

resource "aws_s3_bucket_policy" "website" {
  bucket     = aws_s3_bucket.website.id
  depends_on = [aws_s3_bucket_public_access_block.website]
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "${aws_s3_bucket.website.arn}/*" }]
  })
}

resource "aws_s3_object" "website" {
  bucket       = aws_s3_bucket.website.id
  key          = "index.html"
  content      = "<h1>website</h1>"
  content_type = "text/html"
}

resource "aws_acm_certificate" "legacy" {
  domain_name               = "legacy.example.com"
  subject_alternative_names = ["*.legacy.example.com"]
  validation_method         = "DNS"
  tags                      = { team = "web" }

  lifecycle {
    create_before_destroy = true
  }
}

# The records that ACM asks for are told; the local CA issues without waiting for them.
resource "aws_acm_certificate_validation" "legacy" {
  certificate_arn = aws_acm_certificate.legacy.arn
}

resource "aws_cloudfront_distribution" "legacy" {
  enabled             = true
  wait_for_deployment = false
  aliases             = ["legacy.example.com", "*.legacy.example.com"]
  price_class         = "PriceClass_100"
  http_version        = "http2and3"

  origin {
    origin_id   = "website"
    domain_name = aws_s3_bucket_website_configuration.website.website_endpoint
    custom_origin_config {
      http_port                = 80
      https_port               = 443
      origin_protocol_policy   = "http-only"
      origin_ssl_protocols     = ["TLSv1.1", "TLSv1.2"]
      origin_read_timeout      = 60
      origin_keepalive_timeout = 10
    }
  }

  origin {
    origin_id           = "by-arn"
    domain_name         = aws_s3_bucket.identities.bucket_regional_domain_name
    connection_attempts = 2
    connection_timeout  = 5
    s3_origin_config {
      origin_access_identity = aws_cloudfront_origin_access_identity.by_arn.cloudfront_access_identity_path
    }
  }

  origin {
    origin_id   = "by-canonical-user"
    domain_name = aws_s3_bucket.identities.bucket_domain_name
    s3_origin_config {
      origin_access_identity = aws_cloudfront_origin_access_identity.by_canonical_user.cloudfront_access_identity_path
    }
  }

  origin_group {
    origin_id = "either"
    failover_criteria {
      status_codes = [403, 404, 500, 502]
    }
    member {
      origin_id = "by-arn"
    }
    member {
      origin_id = "website"
    }
  }

  default_cache_behavior {
    target_origin_id       = "website"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    forwarded_values {
      query_string = false
      cookies {
        forward = "none"
      }
    }
  }

  ordered_cache_behavior {
    path_pattern           = "/arn/*"
    target_origin_id       = "either"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD", "OPTIONS"]
    cached_methods         = ["GET", "HEAD", "OPTIONS"]
    cache_policy_id        = data.aws_cloudfront_cache_policy.optimized.id
  }

  ordered_cache_behavior {
    path_pattern           = "/canonical/*"
    target_origin_id       = "by-canonical-user"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = data.aws_cloudfront_cache_policy.optimized.id
  }

  restrictions {
    geo_restriction {
      restriction_type = "blacklist"
      locations        = ["AQ"]
    }
  }

  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate_validation.legacy.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

output "legacy_domain_name" {
  value = aws_cloudfront_distribution.legacy.domain_name
}
