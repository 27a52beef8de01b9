/**
 * Where a directive may stand. m: main, e: events, h: http, u: upstream, s: server, l: location, i: `if` in a server,
 * j: `if` in a location, x: limit_except.
 */
export type Level = 'm' | 'e' | 'h' | 'u' | 's' | 'l' | 'i' | 'j' | 'x';

export interface DirectiveRule {
  levels: string;
  /** Fewest and most arguments. */
  least: number;
  most: number;
  /** The level inside its braces; 'free': lines of any words (types, map). */
  block: Level | 'free' | undefined;
}

/**
 * Name, levels, arguments (`2`, `1-3`, `1+`), and the level inside for those with a block. Directives of the modules
 * that the image's nginx is built with; those about buffers, sockets and caches of the host are taken and change nothing here.
 */
const TABLE = `
daemon m 1
master_process m 1
worker_processes m 1
worker_cpu_affinity m 1+
worker_priority m 1
worker_rlimit_nofile m 1
worker_rlimit_core m 1
worker_shutdown_timeout m 1
working_directory m 1
pcre_jit m 1
thread_pool m 2-3
timer_resolution m 1
user m 1-2
pid m 1
lock_file m 1
env m 1
load_module m 1
error_log mhsl 1+
include mehuslijx 1
events m 0 e
http m 0 h
worker_connections e 1
use e 1
multi_accept e 1
accept_mutex e 1
accept_mutex_delay e 1
server hu 0+ s
upstream h 1 u
location sl 1-2 l
limit_except l 1+ x
types hsl 0 free
map h 2 free
ip_hash u 0
least_conn u 0
random u 0-2
hash u 1-2
keepalive u 1
keepalive_requests uhsl 1
keepalive_timeout uhsl 1-2
keepalive_time hsl 1
zone u 1-2
listen s 1+
server_name s 1+
server_names_hash_max_size h 1
server_names_hash_bucket_size h 1
variables_hash_max_size h 1
variables_hash_bucket_size h 1
types_hash_max_size hsl 1
types_hash_bucket_size hsl 1
map_hash_max_size h 1
map_hash_bucket_size h 1
default_type hsl 1
root hslj 1
alias l 1
index hsl 1+
try_files sl 2+
internal l 0
return slij 1-2
rewrite slij 2-3
rewrite_log hslij 1
set slij 2
break slij 0
if sl 1+ i
error_page hslj 2+
recursive_error_pages hsl 1
autoindex hsl 1
autoindex_exact_size hsl 1
autoindex_localtime hsl 1
autoindex_format hsl 1
log_format h 2+
access_log hsljx 1+
log_not_found hsl 1
log_subrequest hsl 1
open_log_file_cache hsl 1-4
add_header hslj 2-3
expires hslj 1-2
etag hsl 1
if_modified_since hsl 1
allow hslx 1
deny hslx 1
satisfy hsl 1
auth_basic hslx 1
auth_basic_user_file hslx 1
stub_status sl 0-1
limit_req_zone h 3-4
limit_req hsl 1-3
limit_req_status hsl 1
limit_req_log_level hsl 1
empty_gif l 0
server_tokens hsl 1
absolute_redirect hsl 1
port_in_redirect hsl 1
server_name_in_redirect hsl 1
merge_slashes hs 1
underscores_in_headers hs 1
ignore_invalid_headers hs 1
client_max_body_size hsl 1
client_body_buffer_size hsl 1
client_body_timeout hsl 1
client_body_temp_path hsl 1-4
client_body_in_file_only hsl 1
client_body_in_single_buffer hsl 1
client_header_timeout hs 1
client_header_buffer_size hs 1
large_client_header_buffers hs 2
lingering_close hsl 1
lingering_time hsl 1
lingering_timeout hsl 1
send_timeout hsl 1
send_lowat hsl 1
sendfile hslj 1
sendfile_max_chunk hsl 1
tcp_nopush hsl 1
tcp_nodelay hsl 1
aio hsl 1
directio hsl 1
output_buffers hsl 2
reset_timedout_connection hsl 1
chunked_transfer_encoding hsl 1
max_ranges hsl 1
msie_padding hsl 1
open_file_cache hsl 1-2
open_file_cache_valid hsl 1
open_file_cache_min_uses hsl 1
open_file_cache_errors hsl 1
disable_symlinks hsl 1-2
resolver hsl 1+
resolver_timeout hsl 1
limit_rate hslj 1
limit_rate_after hslj 1
gzip hslj 1
gzip_types hsl 1+
gzip_min_length hsl 1
gzip_comp_level hsl 1
gzip_buffers hsl 2
gzip_disable hsl 1+
gzip_http_version hsl 1
gzip_proxied hsl 1+
gzip_vary hsl 1
charset hslj 1
charset_types hsl 1+
real_ip_header hsl 1
real_ip_recursive hsl 1
set_real_ip_from hsl 1
proxy_pass ljx 1
proxy_set_header hsl 2
proxy_hide_header hsl 1
proxy_pass_header hsl 1
proxy_pass_request_body hsl 1
proxy_pass_request_headers hsl 1
proxy_redirect hsl 1-2
proxy_http_version hsl 1
proxy_method hsl 1
proxy_set_body hsl 1
proxy_intercept_errors hsl 1
proxy_connect_timeout hsl 1
proxy_read_timeout hsl 1
proxy_send_timeout hsl 1
proxy_next_upstream hsl 1+
proxy_next_upstream_tries hsl 1
proxy_next_upstream_timeout hsl 1
proxy_buffering hsl 1
proxy_request_buffering hsl 1
proxy_buffer_size hsl 1
proxy_buffers hsl 2
proxy_busy_buffers_size hsl 1
proxy_max_temp_file_size hsl 1
proxy_temp_file_write_size hsl 1
proxy_temp_path hsl 1-4
proxy_headers_hash_max_size hsl 1
proxy_headers_hash_bucket_size hsl 1
proxy_ignore_headers hsl 1+
proxy_ignore_client_abort hsl 1
proxy_socket_keepalive hsl 1
proxy_ssl_verify hsl 1
proxy_ssl_server_name hsl 1
proxy_ssl_name hsl 1
proxy_ssl_protocols hsl 1+
fastcgi_temp_path hsl 1-4
uwsgi_temp_path hsl 1-4
scgi_temp_path hsl 1-4
`;

function readTable(): Map<string, DirectiveRule> {
  const rules = new Map<string, DirectiveRule>();
  for (const line of TABLE.trim().split('\n')) {
    const [name, levels, count, block] = line.split(' ');
    const range = /^(\d+)(?:-(\d+)|(\+))?$/.exec(count!)!;
    const least = Number(range[1]);
    rules.set(name!, {
      levels: levels!,
      least,
      most: range[3] ? Number.POSITIVE_INFINITY : Number(range[2] ?? least),
      block: block as DirectiveRule['block'],
    });
  }
  return rules;
}

/** Every directive that there is, by name. */
export const DIRECTIVES: ReadonlyMap<string, DirectiveRule> = readTable();

/** Of a kind that takes `on` or `off` and nothing else. */
export const FLAGS: ReadonlySet<string> = new Set(
  'daemon master_process multi_accept accept_mutex pcre_jit sendfile tcp_nopush tcp_nodelay autoindex autoindex_exact_size autoindex_localtime log_not_found etag absolute_redirect port_in_redirect server_name_in_redirect merge_slashes gzip gzip_vary proxy_buffering proxy_request_buffering proxy_intercept_errors proxy_pass_request_body proxy_pass_request_headers recursive_error_pages rewrite_log chunked_transfer_encoding reset_timedout_connection'.split(
    ' ',
  ),
);

/** Those that may stand several times in a block. */
export const REPEATABLE: ReadonlySet<string> = new Set(
  'server upstream location limit_except types map include listen server_name if set rewrite return break index internal add_header access_log error_log error_page log_format allow deny proxy_set_header proxy_hide_header proxy_pass_header proxy_redirect proxy_ignore_headers set_real_ip_from env load_module thread_pool limit_req limit_req_zone gzip_types gzip_disable charset_types stub_status ip_hash least_conn worker_cpu_affinity'.split(
    ' ',
  ),
);
