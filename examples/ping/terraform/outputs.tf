output "endpoint" {
  description = "URL of the API, without a slash at its end"
  value       = aws_apigatewayv2_api.this.api_endpoint
}

output "function" {
  description = "Name of the function"
  value       = aws_lambda_function.this.function_name
}
