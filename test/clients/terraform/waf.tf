# AWS WAF: a web ACL with rules of every kind, what they refer to, a log, and a distribution that uses it.

resource "aws_wafv2_ip_set" "office" {
  name               = "terraform-office"
  description        = "where we are"
  scope              = "CLOUDFRONT"
  ip_address_version = "IPV4"
  addresses          = ["192.0.2.0/24", "198.51.100.7/32"]
  tags               = { team = "web" }
}

resource "aws_wafv2_regex_pattern_set" "bots" {
  name  = "terraform-bots"
  scope = "CLOUDFRONT"

  regular_expression {
    regex_string = "^(curl|wget)/"
  }
  regular_expression {
    regex_string = "bot[0-9]+"
  }
}

resource "aws_wafv2_rule_group" "shared" {
  name     = "terraform-shared"
  scope    = "CLOUDFRONT"
  capacity = 100

  custom_response_body {
    key          = "sorry"
    content      = "{\"error\": \"no\"}"
    content_type = "APPLICATION_JSON"
  }

  rule {
    name     = "bots"
    priority = 1

    action {
      block {
        custom_response {
          response_code            = 429
          custom_response_body_key = "sorry"
          response_header {
            name  = "retry-after"
            value = "60"
          }
        }
      }
    }

    statement {
      regex_pattern_set_reference_statement {
        arn = aws_wafv2_regex_pattern_set.bots.arn
        field_to_match {
          single_header {
            name = "user-agent"
          }
        }
        text_transformation {
          priority = 0
          type     = "LOWERCASE"
        }
      }
    }

    rule_label {
      name = "bot"
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "bots"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = false
    metric_name                = "shared"
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl" "site" {
  name          = "terraform-site"
  description   = var.comment == "from terraform" ? "for the site" : "changed"
  scope         = "CLOUDFRONT"
  token_domains = ["example.com"]
  tags          = { team = "web" }

  default_action {
    allow {
      custom_request_handling {
        insert_header {
          name  = "checked"
          value = "yes"
        }
      }
    }
  }

  captcha_config {
    immunity_time_property {
      immunity_time = 120
    }
  }

  association_config {
    request_body {
      cloudfront {
        default_size_inspection_limit = "KB_64"
      }
    }
  }

  rule {
    name     = "office"
    priority = 0
    action {
      allow {}
    }
    statement {
      ip_set_reference_statement {
        arn = aws_wafv2_ip_set.office.arn
        ip_set_forwarded_ip_config {
          header_name       = "x-forwarded-for"
          fallback_behavior = "NO_MATCH"
          position          = "FIRST"
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "office"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "common"
    priority = 1
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"
        version     = "Version_1.5"
        rule_action_override {
          name = "SizeRestrictions_BODY"
          action_to_use {
            count {}
          }
        }
        scope_down_statement {
          not_statement {
            statement {
              byte_match_statement {
                search_string         = "/static/"
                positional_constraint = "STARTS_WITH"
                field_to_match {
                  uri_path {}
                }
                text_transformation {
                  priority = 0
                  type     = "URL_DECODE"
                }
                text_transformation {
                  priority = 1
                  type     = "LOWERCASE"
                }
              }
            }
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "common"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "shared"
    priority = 2
    override_action {
      count {}
    }
    statement {
      rule_group_reference_statement {
        arn = aws_wafv2_rule_group.shared.arn
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "shared"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "rate"
    priority = 3
    action {
      challenge {}
    }
    statement {
      rate_based_statement {
        limit                 = 1000
        evaluation_window_sec = 120
        aggregate_key_type    = "CUSTOM_KEYS"
        custom_key {
          header {
            name = "x-api-key"
            text_transformation {
              priority = 0
              type     = "NONE"
            }
          }
        }
        custom_key {
          ip {}
        }
        scope_down_statement {
          or_statement {
            statement {
              geo_match_statement {
                country_codes = ["DE", "FR"]
              }
            }
            statement {
              label_match_statement {
                scope = "NAMESPACE"
                key   = "awswaf:managed:aws:core-rule-set:"
              }
            }
          }
        }
      }
    }
    captcha_config {
      immunity_time_property {
        immunity_time = 60
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "attacks"
    priority = 4
    action {
      count {
        custom_request_handling {
          insert_header {
            name  = "attack"
            value = "perhaps"
          }
        }
      }
    }
    statement {
      or_statement {
        statement {
          sqli_match_statement {
            sensitivity_level = "HIGH"
            field_to_match {
              all_query_arguments {}
            }
            text_transformation {
              priority = 0
              type     = "URL_DECODE"
            }
          }
        }
        statement {
          xss_match_statement {
            field_to_match {
              body {
                oversize_handling = "MATCH"
              }
            }
            text_transformation {
              priority = 0
              type     = "HTML_ENTITY_DECODE"
            }
          }
        }
        statement {
          size_constraint_statement {
            comparison_operator = "GT"
            size                = 4096
            field_to_match {
              cookies {
                match_scope       = "ALL"
                oversize_handling = "CONTINUE"
                match_pattern {
                  excluded_cookies = ["session"]
                }
              }
            }
            text_transformation {
              priority = 0
              type     = "NONE"
            }
          }
        }
        statement {
          regex_match_statement {
            regex_string = "\\$\\{jndi:"
            field_to_match {
              json_body {
                match_scope               = "VALUE"
                invalid_fallback_behavior = "EVALUATE_AS_STRING"
                oversize_handling         = "CONTINUE"
                match_pattern {
                  included_paths = ["/user/name"]
                }
              }
            }
            text_transformation {
              priority = 0
              type     = "NONE"
            }
          }
        }
      }
    }
    rule_label {
      name = "attack:perhaps"
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "attacks"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "site"
    sampled_requests_enabled   = true
  }
}

resource "aws_s3_bucket" "waf_logs" {
  bucket        = "aws-waf-logs-terraform"
  force_destroy = true
}

resource "aws_wafv2_web_acl_logging_configuration" "site" {
  resource_arn            = aws_wafv2_web_acl.site.arn
  log_destination_configs = [aws_s3_bucket.waf_logs.arn]

  redacted_fields {
    single_header {
      name = "authorization"
    }
  }

  logging_filter {
    default_behavior = "DROP"
    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"
      condition {
        action_condition {
          action = "BLOCK"
        }
      }
      condition {
        label_name_condition {
          label_name = "awswaf:000000000000:webacl:terraform-site:attack:perhaps"
        }
      }
    }
  }
}

resource "aws_cloudfront_distribution" "guarded" {
  enabled             = true
  wait_for_deployment = false
  web_acl_id          = aws_wafv2_web_acl.site.arn

  origin {
    origin_id   = "site"
    domain_name = "guarded.example.com"
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
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
