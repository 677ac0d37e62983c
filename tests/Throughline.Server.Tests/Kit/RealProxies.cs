namespace Throughline.Server.Tests.Kit;

/// <summary>The proxies that the examples of deploy/ are run by.</summary>
internal static class RealProxies
{
    /// <summary>Starts nginx, caddy or haproxy between the gate and the site at these ports.</summary>
    public static Task<RealProxy> StartAsync(string proxy, int gate, int site) =>
        proxy switch
        {
            "nginx" => RealProxy.StartAsync(
                "nginx",
                ["nginx/throughline.conf"],
                folder => ["-p", folder, "-c", "throughline.conf", "-e", "stderr"],
                gate,
                site,
                text =>
                    "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr crit;\nevents {}\nhttp {\naccess_log off;\n"
                    + string.Concat(
                        ((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(part =>
                            $"{part}_temp_path {part};\n"
                        )
                    )
                    + $"{text}\n}}\n"
            ),
            "caddy" => RealProxy.StartAsync(
                "caddy",
                ["caddy/Caddyfile"],
                folder => ["run", "--config", Path.Combine(folder, "Caddyfile"), "--adapter", "caddyfile"],
                gate,
                site
            ),
            _ => RealProxy.StartAsync(
                "haproxy",
                ["haproxy/haproxy.cfg", "haproxy/throughline.lua"],
                folder => ["-db", "-q", "-f", Path.Combine(folder, "haproxy.cfg")],
                gate,
                site
            ),
        };
}
