# A Lambda@Edge function: made, published, and named by its version; function.zip is written by the test.

variable "function_timeout" {
  type    = number
  default = 3
}

resource "aws_lambda_function" "edge" {
  function_name    = "terraform-edge"
  role             = "arn:aws:iam::000000000000:role/edge"
  runtime          = "nodejs20.x"
  handler          = "index.handler"
  filename         = "${path.module}/function.zip"
  source_code_hash = filebase64sha256("${path.module}/function.zip")
  timeout          = var.function_timeout
  publish          = true
  tags             = { team = "edge" }
}

resource "aws_lambda_permission" "replicator" {
  statement_id  = "replicator"
  action        = "lambda:GetFunction"
  function_name = aws_lambda_function.edge.function_name
  principal     = "edgelambda.amazonaws.com"
}

resource "aws_cloudfront_distribution" "lambda" {
  enabled = true

  origin {
    origin_id   = "nobody"
    domain_name = "nobody.example.com"

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "http-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "nobody"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"

    lambda_function_association {
      event_type   = "viewer-request"
      lambda_arn   = aws_lambda_function.edge.qualified_arn
      include_body = false
    }
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

output "lambda_domain_name" {
  value = aws_cloudfront_distribution.lambda.domain_name
}
