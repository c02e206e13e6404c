# Private content: a public key, a key group, legacy signers, and countries.

variable "public_key" {
  type = string
}

resource "aws_cloudfront_public_key" "signer" {
  name        = "terraform-signer"
  comment     = "signs for terraform"
  encoded_key = var.public_key
}

resource "aws_cloudfront_key_group" "signers" {
  name    = "terraform-signers"
  comment = "who may sign"
  items   = [aws_cloudfront_public_key.signer.id]
}

resource "aws_cloudfront_distribution" "private" {
  enabled             = true
  wait_for_deployment = false

  origin {
    origin_id   = "site"
    domain_name = "private.example.com"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "http-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "site"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = data.aws_cloudfront_cache_policy.optimized.id
    trusted_key_groups     = [aws_cloudfront_key_group.signers.id]
  }

  ordered_cache_behavior {
    path_pattern           = "/legacy/*"
    target_origin_id       = "site"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = data.aws_cloudfront_cache_policy.optimized.id
    trusted_signers        = ["self"]
  }

  restrictions {
    geo_restriction {
      restriction_type = "blacklist"
      locations        = ["FR", "US"]
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}

output "private_domain_name" {
  value = aws_cloudfront_distribution.private.domain_name
}
