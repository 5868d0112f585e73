"""Making a post: choosing, cropping and describing a photo."""
