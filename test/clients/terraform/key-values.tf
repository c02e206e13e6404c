# A key value store, its pairs one by one and all together, and a function that reads it.

variable "pairs_endpoint" {
  type = string
}

resource "aws_cloudfront_key_value_store" "texts" {
  name    = "terraform-texts"
  comment = "texts of the site"
}

resource "aws_cloudfront_key_value_store" "bare" {
  name = "terraform-bare"
}

resource "aws_cloudfrontkeyvaluestore_key" "comment" {
  key_value_store_arn = aws_cloudfront_key_value_store.texts.arn
  key                 = "comment"
  value               = var.comment
}

resource "aws_cloudfrontkeyvaluestore_key" "farewell" {
  key_value_store_arn = aws_cloudfront_key_value_store.texts.arn
  key                 = "farewell/é"
  value               = "bye"
}

resource "aws_cloudfrontkeyvaluestore_keys_exclusive" "bare" {
  key_value_store_arn = aws_cloudfront_key_value_store.bare.arn

  resource_key_value_pair {
    key   = "a"
    value = "1"
  }
}

resource "aws_cloudfront_function" "reader" {
  name    = "terraform-reader"
  runtime = "cloudfront-js-2.0"
  publish = true
  code    = <<-JS
    import cf from 'cloudfront';
    async function handler(event) {
      return { statusCode: 200, body: await cf.kvs().get('comment') };
    }
  JS

  key_value_store_associations = [aws_cloudfront_key_value_store.texts.arn]
}
