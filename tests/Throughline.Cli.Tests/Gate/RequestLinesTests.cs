using System.Text;
using Throughline.Cli.Gate.Lines;
using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Tests.Gate;

public sealed class RequestLinesTests
{
    private const string Time = "[17/May/2015:10:05:03 +0000]";

    private static string Read(string line, LineForm form = LineForm.Auto)
    {
        EdgeRequest request = new();
        RequestLines lines = new(form);
        LineOutcome outcome = lines.Read(Encoding.Latin1.GetBytes(line), request, out ResponseFacts response);
        if (outcome == LineOutcome.Rejected)
            return "rejected " + lines.Reason;
        if (outcome == LineOutcome.Other)
            return "other";
        return string.Join(
            '|',
            DateTimeOffset.FromUnixTimeMilliseconds(request.Time).ToString("u"),
            request.Address?.Text,
            request.Method,
            request.Host,
            request.Path,
            request.Query,
            request.Referrer,
            request.UserAgent,
            request.Session,
            request.Knowledge,
            response.Status,
            response.Bytes,
            response.LogInFailed
        );
    }

    [Theory]
    [InlineData(
        $"1.2.3.4 - - {Time} \"GET /a?b=c HTTP/1.1\" 200 12 \"http://r/\" \"UA 1\"",
        "2015-05-17 10:05:03Z|1.2.3.4|GET||/a|b=c|http://r/|UA 1||Agent|200|12|"
    )]
    [InlineData(
        $"1.2.3.4 - - {Time} \"GET /a HTTP/1.1\" 404 -",
        "2015-05-17 10:05:03Z|1.2.3.4|GET||/a|||||Basic|404|-1|"
    )]
    [InlineData(
        $"www.x.org:443 ::ffff:1.2.3.4 - - {Time} \"GET /a HTTP/1.1\" 200 1 \"-\" \"-\" \"more\"",
        "2015-05-17 10:05:03Z|1.2.3.4|GET|www.x.org:443|/a|||||Agent, Host|200|1|"
    )]
    [InlineData(
        $"x.org 1.2.3.4 - 7bde940ef0f8 - {Time} \"GET / HTTP/2.0\" 301 162 \"-\" \"UA\"",
        "2015-05-17 10:05:03Z|1.2.3.4|GET|x.org|/|||UA||Agent, Host|301|162|"
    )]
    [InlineData(
        $"1.2.3.4 - - {Time} \"\\x16\\x03\" 400 226 \"-\" \"-\"",
        "2015-05-17 10:05:03Z|1.2.3.4|||%16%03|||||Agent|400|226|"
    )]
    [InlineData(
        "2021/09/30 09:23:53 [error] 19#19: *17 user \"foo\" was not found in \"/a\", client: 127.0.0.1, server: _, request: \"GET /x?y HTTP/1.1\", host: \"localhost\"",
        "2021-09-30 09:23:53Z|127.0.0.1|GET|localhost|/x|y||||Host|401|-1|True"
    )]
    [InlineData(
        "2021/09/30 09:23:53 [error] 19#19: *17 user \", client: 9.9.9.9\": password mismatch, client: 127.0.0.1, server: _, request: \"GET / HTTP/1.1\", host: \"h\"",
        "2021-09-30 09:23:53Z|127.0.0.1|GET|h|/|||||Host|401|-1|True"
    )]
    [InlineData("2021/09/30 09:23:53 [error] 19#19: *17 open() \"/x\" failed, client: 127.0.0.1", "other")]
    [InlineData(
        """{"id":"e1","type":"request","time":"2026-06-01T00:00:13.711Z","identifiers":[{"type":"email","value":"a@b"},{"type":"cookie","value":"c1"}],"context":{"address":"1.2.3.4","userAgent":"UA"},"request":{"method":"GET","host":"h","path":"/p?q","status":200,"bytes":5}}""",
        "2026-06-01 00:00:13Z|1.2.3.4|GET|h|/p|q||UA|c1|Agent, Host|200|5|"
    )]
    [InlineData(
        """{"id":"e1","type":"click","time":"2026-06-01T00:00:13.711Z","context":{"address":"1.2.3.4"},"campaign":"c-1"}""",
        "2026-06-01 00:00:13Z|1.2.3.4|POST||/v1/events/click|utm_campaign=c-1||||Agent|0|-1|"
    )]
    [InlineData("""{"id":"e1","type":"identify","time":"2026-06-01T00:00:13.711Z"}""", "other")]
    [InlineData(
        """2026-01-24T01:34:36.743000000+00:00 stdout F {"start_time":"2026-01-24T01:34:36.743Z","method":"GET","x-envoy-origin-path":"/","response_code":301,"user-agent":"curl/8","downstream_remote_address":"[fd00::5a24]:43000",":authority":"e.org"}""",
        "2026-01-24 01:34:36Z|fd00::5a24|GET|e.org|/|||curl/8||Agent, Host|301|-1|"
    )]
    [InlineData(
        """{"time_local":"17/May/2015:10:05:03 +0000","remote_addr":"1.2.3.4","request":"GET /a?b=c HTTP/1.1","status":"200","body_bytes_sent":"12","http_referer":"-","http_user_agent":"UA 1"}""",
        "2015-05-17 10:05:03Z|1.2.3.4|GET||/a|b=c||UA 1||Agent|200|12|"
    )]
    [InlineData(
        """{"msec":"1431857103.250","remote_addr":"::ffff:1.2.3.4","request_method":"GET","request_uri":"/a?b=c","http_host":"h.org","status":404,"body_bytes_sent":0,"http_referer":"https://r/","http_user_agent":""}""",
        "2015-05-17 10:05:03Z|1.2.3.4|GET|h.org|/a|b=c|https://r/|||Agent, Host|404|0|"
    )]
    [InlineData(
        """{"time": "17\/May\/2015:10:05:03 +0000", "remote_ip": "1.2.3.4", "remote_user": "-", "request": "GET /downloads/product_1 HTTP/1.1", "response": 304, "bytes": 0, "referrer": "-", "agent": "Debian APT-HTTP/1.3"}""",
        "2015-05-17 10:05:03Z|1.2.3.4|GET||/downloads/product_1|||Debian APT-HTTP/1.3||Agent|304|0|"
    )]
    [InlineData(
        """{"time_iso8601":"2015-05-17T10:05:03+00:00","remote_addr":"1.2.3.4","request":"\u0016\u0003","status":"400","body_bytes_sent":"-"}""",
        "2015-05-17 10:05:03Z|1.2.3.4|||%16%03|||||Agent|400|-1|"
    )]
    [InlineData(
        """{"ClientAddr":"1.2.3.4:3000","ClientHost":"1.2.3.4","DownstreamContentSize":19,"DownstreamStatus":404,"RequestHost":"h.org","RequestMethod":"GET","RequestPath":"/a?b=c","StartUTC":"2015-05-17T10:05:03.123456789Z","request_User-Agent":"UA","time":"2015-05-17T10:05:03Z"}""",
        "2015-05-17 10:05:03Z|1.2.3.4|GET|h.org|/a|b=c||UA||Agent, Host|404|19|"
    )]
    [InlineData(
        """{"time_local":"17/May/2015:10:05:03 +0000","remote_addr":"1.2.3.4","request":"GET / HTTP/1.1","status":"2xx"}""",
        "rejected NotARequestEvent"
    )]
    [InlineData(
        """{"msec":1e300,"remote_addr":"1.2.3.4","request":"GET / HTTP/1.1","status":200}""",
        "rejected NotARequestEvent"
    )]
    [InlineData("{\"a\":1}", "rejected NotARequestEvent")]
    [InlineData("{\"a\":", "rejected NotARequestEvent")]
    [InlineData(
        $"Sep 15 16:13:46 host nginx[2869]: 1.2.3.4 - - {Time} \"GET / HTTP/1.1\" 200 1",
        "rejected AddressInvalid"
    )]
    [InlineData("2021/13/30 09:23:53 [error] 19#19: *17 x", "rejected NotALogLine")]
    public void Read_Forms_GiveWhatAnEdgeWouldHaveSeen(string line, string expected) =>
        Assert.Equal(expected, Read(line));

    [Fact]
    public void Read_CollectorAroundALogLine_ReadsTheLine() =>
        Assert.Equal(
            "2015-05-17 10:05:03Z|1.2.3.4|GET||/|||UA||Agent|200|1|",
            Read(
                "{\"timestamp\":17,\"type\":\"log\",\"message\":\"frontend.0 nginx: 1.2.3.4 - - "
                    + Time
                    + " \\\"GET / HTTP/1.1\\\" 200 1 \\\"-\\\" \\\"UA\\\"\",\"x\":{}}"
            )
        );
}
