/** Caddy's configuration as its JSON has it, as far as it is simulated. @see Caddy, "JSON Config Structure" */
export interface CaddyConfig {
  admin?: { disabled?: boolean; listen?: string };
  apps?: { http?: { http_port?: number; https_port?: number; servers?: Record<string, ServerConfig> } };
}

export interface ServerConfig {
  listen: string[];
  routes?: RouteConfig[];
  automatic_https?: { disable?: boolean; disable_redirects?: boolean };
  /** Requests are logged; `output`: a file, or stdout or stderr. */
  logs?: { output?: string };
}

export interface RouteConfig {
  group?: string;
  match?: MatcherSet[];
  handle?: HandlerConfig[];
  terminal?: boolean;
}

/** All of a set must match; one of the sets must. */
export interface MatcherSet {
  host?: string[];
  path?: string[];
  method?: string[];
  header?: Record<string, string[]>;
  query?: Record<string, string[]>;
  remote_ip?: { ranges: string[] };
  file?: { try_files?: string[]; root?: string };
  not?: MatcherSet[];
}

export interface HeaderOps {
  add?: Record<string, string[]>;
  set?: Record<string, string[]>;
  delete?: string[];
}

export type HandlerConfig =
  | { handler: 'vars'; root?: string; [name: string]: string | undefined }
  | { handler: 'file_server'; root?: string; browse?: object; hide?: string[]; index_names?: string[] }
  | {
      handler: 'static_response';
      status_code?: number;
      body?: string;
      headers?: Record<string, string[]>;
      abort?: boolean;
    }
  | { handler: 'error'; error?: string; status_code?: number }
  | { handler: 'headers'; response?: HeaderOps & { deferred?: boolean }; request?: HeaderOps }
  | { handler: 'rewrite'; uri?: string; strip_path_prefix?: string; strip_path_suffix?: string; method?: string }
  | { handler: 'encode'; encodings?: object; prefer?: string[] }
  | {
      handler: 'reverse_proxy';
      upstreams: { dial: string }[];
      headers?: { request?: HeaderOps; response?: HeaderOps };
      transport?: object;
      load_balancing?: { selection_policy?: { policy: string } };
    }
  | { handler: 'subroute'; routes: RouteConfig[] }
  | { handler: 'authentication'; providers: { http_basic: { accounts: { username: string; password: string }[] } } };
