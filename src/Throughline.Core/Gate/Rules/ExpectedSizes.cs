using Throughline.Cel.Check;

namespace Throughline.Core.Gate.Rules;

/// <summary>How large the parts of a request are taken to be when the cost of a rule is estimated.</summary>
public static class ExpectedSizes
{
    public static SizeHints Hints { get; } =
        new(
            new Dictionary<string, SizeRange>(StringComparer.Ordinal)
            {
                ["request.method"] = SizeRange.UpTo(32),
                ["request.host"] = SizeRange.UpTo(255),
                ["request.path"] = SizeRange.UpTo(4_096),
                ["request.query"] = SizeRange.UpTo(4_096),
                ["request.target"] = SizeRange.UpTo(8_192),
                ["request.file"] = SizeRange.UpTo(1_024),
                ["request.extension"] = SizeRange.UpTo(64),
                ["request.scheme"] = SizeRange.UpTo(16),
                ["request.protocol"] = SizeRange.UpTo(16),
                ["request.referrer"] = SizeRange.UpTo(4_096),
                ["request.network"] = SizeRange.UpTo(48),
                ["request.block"] = SizeRange.UpTo(48),
                ["request.country"] = SizeRange.UpTo(8),
                ["request.ja3"] = SizeRange.UpTo(128),
                ["request.ja4"] = SizeRange.UpTo(128),
                ["request.session"] = SizeRange.UpTo(512),
                ["request.header_order"] = SizeRange.UpTo(32),
                ["request.headers"] = SizeRange.UpTo(100),
                ["request.headers.@items.name"] = SizeRange.UpTo(64),
                ["request.headers.@items.value"] = SizeRange.UpTo(1_024),
                ["ua.text"] = SizeRange.UpTo(2_048),
                ["ua.name"] = SizeRange.UpTo(64),
                ["ua.system"] = SizeRange.UpTo(16),
            }
        );
}
