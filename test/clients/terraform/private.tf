# Private content: a public key, a key group, legacy signers, encrypted fields, and countries.

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

resource "aws_cloudfront_field_level_encryption_profile" "cards" {
  name    = "terraform-cards"
  comment = "what is encrypted"

  encryption_entities {
    items {
      public_key_id = aws_cloudfront_public_key.signer.id
      provider_id   = "bank"

      field_patterns {
        items = ["card*", "iban"]
      }
    }
  }
}

resource "aws_cloudfront_field_level_encryption_config" "cards" {
  comment = "forms that pay"

  content_type_profile_config {
    forward_when_content_type_is_unknown = true

    content_type_profiles {
      items {
        content_type = "application/x-www-form-urlencoded"
        format       = "URLEncoded"
        profile_id   = aws_cloudfront_field_level_encryption_profile.cards.id
      }
    }
  }

  query_arg_profile_config {
    forward_when_query_arg_profile_is_unknown = false

    query_arg_profiles {
      items {
        query_arg  = "cards"
        profile_id = aws_cloudfront_field_level_encryption_profile.cards.id
      }
    }
  }
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
      origin_protocol_policy = "match-viewer"
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

  ordered_cache_behavior {
    path_pattern              = "/pay"
    target_origin_id          = "site"
    viewer_protocol_policy    = "https-only"
    allowed_methods           = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods            = ["GET", "HEAD"]
    cache_policy_id           = data.aws_cloudfront_cache_policy.optimized.id
    field_level_encryption_id = aws_cloudfront_field_level_encryption_config.cards.id
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
