variable "region" {
  description = "AWS region of everything here"
  type        = string
  default     = "us-east-1"
}

variable "name" {
  description = "Name of the function, and what the names of the rest begin with"
  type        = string
  default     = "ping"
}

variable "architecture" {
  description = "Instruction set of the bootstrap in the package, which is that of the machine it was built on"
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.architecture)
    error_message = "Lambda has x86_64 and arm64."
  }
}

variable "memory_mb" {
  description = "Memory of the function, in MB; CPU comes in proportion to it"
  type        = number
  default     = 128
}

variable "log_level" {
  description = "GG_LOG_LEVEL of the function: debug logs every call"
  type        = string
  default     = "info"
}

variable "log_days" {
  description = "Days that logs are kept"
  type        = number
  default     = 14
}
