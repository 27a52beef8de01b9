const NAMES = new Set(
  'args query_string is_args uri document_uri request_uri request request_method request_body request_length request_time request_id request_filename request_completion document_root realpath_root host hostname https remote_addr binary_remote_addr remote_port remote_user server_addr server_name server_port server_protocol scheme status body_bytes_sent bytes_sent content_length content_type msec time_local time_iso8601 nginx_version pid connection connection_requests connection_time pipe proxy_host proxy_port proxy_add_x_forwarded_for upstream_addr upstream_status upstream_response_time upstream_connect_time upstream_header_time upstream_response_length upstream_bytes_received upstream_cache_status limit_rate gzip_ratio connections_active connections_reading connections_writing connections_waiting ssl_protocol ssl_cipher realip_remote_addr'.split(
    ' ',
  ),
);

/** Whether every nginx of the image knows a variable of this name. */
export const isBuiltinVariable = (name: string): boolean =>
  NAMES.has(name) || /^(arg|http|cookie|sent_http|upstream_http|upstream_cookie|sent_trailer)_./.test(name);
