using System.Globalization;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Signatures;
using Throughline.Testing;

namespace Throughline.Core.Tests.Gate.Signatures;

/// <summary>Signed requests: what is signed counts, and only that.</summary>
public sealed class AgentKeysTests
{
    private static readonly AgentKeys Known = AgentKeys.None.With(
        "agent",
        "https://agent.example",
        SigningKit.Directory()
    );

    [Fact]
    public void Verify_Signed_IsTheAgents()
    {
        EdgeRequest request = SigningKit.Request(SigningKit.Parameters(more: ";nonce=\"n-1\";alg=\"ed25519\""));
        Assert.Equal(new SignatureFacts(SignatureState.Valid, "agent"), Known.Verify(request, out UsedNonce? nonce));
        Assert.Equal(new UsedNonce(SigningKit.KeyId, "n-1", SigningKit.Now + 300), nonce);
        Assert.Equal(default, Known.Verify(SigningKit.Plain(), out nonce));
        Assert.Null(nonce);
    }

    /// <summary>Each component is signed as the RFC writes it; the lines are written down here by hand.</summary>
    [Theory]
    [InlineData("\"@method\"", "\"@method\": POST\n")]
    [InlineData("\"@path\"", "\"@path\": /a/b\n")]
    [InlineData("\"@query\"", "\"@query\": ?c=d&e\n")]
    [InlineData("\"@scheme\"", "\"@scheme\": https\n")]
    [InlineData("\"@request-target\"", "\"@request-target\": /a/b?c=d&e\n")]
    [InlineData("\"@target-uri\"", "\"@target-uri\": https://shop.example/a/b?c=d&e\n")]
    [InlineData("\"x-two\"", "\"x-two\": a, b  c\n")]
    [InlineData("\"x-empty\"", "\"x-empty\": \n")]
    [InlineData("\"x-map\";key=\"b\"", "\"x-map\";key=\"b\": (1 2);q\n")]
    [InlineData("\"x-map\";key=\"a\"", "\"x-map\";key=\"a\": \"text\";n=5\n")]
    public void Verify_EachComponent_IsAsTheRfcWritesIt(string component, string line)
    {
        (string, string)[] headers =
        [
            ("x-two", " a "),
            ("x-two", "b  c\t"),
            ("x-empty", ""),
            ("x-map", "a=\"text\"; n=5,  b=(1  2);q"),
        ];
        string parameters = SigningKit.Parameters($"\"@authority\" {component}");
        EdgeRequest request = SigningKit.Request(parameters, "\"@authority\": shop.example\n" + line, headers: headers);
        Assert.Equal(SignatureState.Valid, Known.Verify(request, out _).State);
    }

    [Theory]
    [InlineData("shop.example:443", "https", "shop.example")]
    [InlineData("shop.example:80", "http", "shop.example")]
    [InlineData("shop.example:80", "https", "shop.example:80")]
    [InlineData("SHOP.example:8443", "https", "shop.example:8443")]
    [InlineData("[2001:DB8::1]:443", "https", "[2001:db8::1]")]
    [InlineData("shop.example", null, "shop.example")]
    public void Verify_Authority_IsNormalised(string host, string? scheme, string signed)
    {
        EdgeRequest request = SigningKit.Request(lines: $"\"@authority\": {signed}\n");
        (request.Host, request.Scheme) = (host, scheme);
        Assert.Equal(SignatureState.Valid, Known.Verify(request, out _).State);
    }

    [Fact]
    public void Verify_ForAnotherRequest_IsInvalid()
    {
        string parameters = SigningKit.Parameters("\"@authority\" \"@method\" \"@path\"");
        const string Lines = "\"@authority\": shop.example\n\"@method\": POST\n\"@path\": /a/b\n";
        Assert.Equal(SignatureState.Valid, StateOf(SigningKit.Request(parameters, Lines)));
        foreach (
            Action<EdgeRequest> change in (Action<EdgeRequest>[])
                [x => x.Host = "other.example", x => x.Method = "GET", x => x.Path = "/a/c", x => x.Host = null]
        )
        {
            EdgeRequest request = SigningKit.Request(parameters, Lines);
            change(request);
            Assert.Equal(SignatureState.Invalid, StateOf(request));
        }
    }

    public static TheoryData<string, SignatureState> Times =>
        new()
        {
            { SigningKit.Parameters(created: SigningKit.Now + 60), SignatureState.Valid },
            { SigningKit.Parameters(created: SigningKit.Now + 61), SignatureState.Invalid },
            { SigningKit.Parameters(created: SigningKit.Now - 86_400 + 300), SignatureState.Valid },
            { SigningKit.Parameters(created: SigningKit.Now - 86_400 + 299), SignatureState.Invalid },
            { SigningKit.Parameters(expires: SigningKit.Now + 1), SignatureState.Valid },
            { SigningKit.Parameters(expires: SigningKit.Now), SignatureState.Expired },
            {
                SigningKit.Parameters(created: SigningKit.Now + 20, expires: SigningKit.Now + 20),
                SignatureState.Invalid
            },
            {
                SigningKit.Parameters(created: long.MinValue / 10_000, expires: 999_999_999_999_999),
                SignatureState.Invalid
            },
        };

    [Theory]
    [MemberData(nameof(Times))]
    public void Verify_Times_AreKept(string parameters, SignatureState state) =>
        Assert.Equal(state, StateOf(SigningKit.Request(parameters)));

    public static TheoryData<string> BadInputs =>
        [
            "",
            "sig1",
            "sig1=()",
            "sig1=\"@authority\"",
            SigningKit.Parameters(),
            "sig1=" + SigningKit.Parameters("\"@method\""), // not for this host
            "sig1=" + SigningKit.Parameters("\"@authority\" \"@authority\""),
            "sig1=" + SigningKit.Parameters("\"@authority\" \"x-none\""),
            "sig1=" + SigningKit.Parameters("\"@authority\" \"X-Two\""),
            "sig1=" + SigningKit.Parameters("\"@authority\" \"@status\""),
            "sig1=" + SigningKit.Parameters("\"@authority\" \"@method\";req"),
            "sig1=" + SigningKit.Parameters("\"@authority\";req"),
            "sig1=" + SigningKit.Parameters("@authority"),
            "sig1=" + SigningKit.Parameters(more: ";alg=\"rsa-pss-sha512\""),
            "sig1=" + SigningKit.Parameters(more: ";nonce=5"),
            "sig1=" + SigningKit.Parameters(more: ";nonce=\"" + new string('n', 257) + "\""),
            "sig1=" + SigningKit.Parameters().Replace("keyid=", "kid=", StringComparison.Ordinal),
            "sig1=" + SigningKit.Parameters().Replace("created=", "made=", StringComparison.Ordinal),
            "sig1=" + SigningKit.Parameters().Replace("expires=", "expires=-", StringComparison.Ordinal),
            "sig1=" + SigningKit.Parameters() + ",",
            "sig1=" + SigningKit.Parameters()[..^1],
            "sig1=(" + new string('(', 5000),
            new string('a', 20_000) + "=1",
            "sig1=(\"@authority\" \"é\");tag=\"web-bot-auth\"",
            "sig1=(\"@authority\"\0);tag=\"web-bot-auth\"",
        ];

    [Theory]
    [MemberData(nameof(BadInputs))]
    public void Verify_OddInput_IsNeverValid(string input)
    {
        EdgeRequest request = SigningKit.Plain();
        request.Headers.Add(new("x-two", "b"));
        request.Headers.Add(new("signature-input", input));
        request.Headers.Add(new("signature", "sig1=:" + Convert.ToBase64String(new byte[64]) + ":"));
        Assert.NotEqual(SignatureState.Valid, StateOf(request));
        // Not for the zeros alone: no text to be signed can be made of it, or it must not have that long a nonce.
        Assert.True(MessageSignature.Read(request, out _) is not { Expires: > 0, Nonce: not { Length: > 256 } }, input);
    }

    [Fact]
    public void Verify_OddSignature_IsInvalid()
    {
        foreach (
            string odd in (string[])
                [
                    "",
                    "sig1",
                    "sig1=5",
                    "sig2=:AAAA:",
                    "sig1=:AAAA:",
                    "sig1=:A:",
                    "sig1=::",
                    "sig1=(:AAAA:)",
                    "sig1=:" + new string('A', 9000) + ":",
                ]
        )
        {
            EdgeRequest request = SigningKit.Request();
            request.Headers.RemoveAll(field => field.Name == "signature");
            request.Headers.Add(new("signature", odd));
            Assert.Equal(SignatureState.Invalid, StateOf(request));
        }
    }

    /// <summary>Random damage to the headers of a signed request: never an exception, and valid only if nothing of meaning changed.</summary>
    [Fact]
    public void Verify_RandomDamage_IsNeverAnError()
    {
        Random random = Seeds.Random();
        for (int i = 0; i < 200; i++)
        {
            EdgeRequest request = SigningKit.Request(SigningKit.Parameters(more: ";nonce=\"n\""));
            int place = random.Next(request.Headers.Count);
            HeaderField field = request.Headers[place];
            char[] text = field.Value.ToCharArray();
            for (int j = random.Next(1, 4); j > 0; j--)
                text[random.Next(text.Length)] = (char)(
                    random.Next(4) == 0 ? random.Next(0x3000) : random.Next(32, 127)
                );
            request.Headers[place] = new(field.Name, new string(text));
            SignatureFacts facts = Known.Verify(request, out _);
            if (facts.State == SignatureState.Valid)
                Assert.True(field.Value.Length == text.Length, field.Value);
        }
    }

    [Fact]
    public void Verify_SignatureAgent_MustBeCoveredAndNameTheAgent()
    {
        string covered = SigningKit.Parameters("\"@authority\" \"signature-agent\"");
        Assert.Equal(SignatureState.Valid, StateOf(Request(covered, "\"https://agent.example\"")));
        Assert.Equal(SignatureState.Valid, StateOf(Request(covered, "\"https://AGENT.example/\"")));
        Assert.Equal(SignatureState.Invalid, StateOf(Request(covered, "\"https://other.example\"")));
        Assert.Equal(SignatureState.Invalid, StateOf(Request(covered, "\"http://agent.example\"")));
        Assert.Equal(SignatureState.Invalid, StateOf(Request(covered, "\"nonsense\"")));
        Assert.Equal(SignatureState.Invalid, StateOf(Request(covered, "https://agent.example")));
        EdgeRequest uncovered = SigningKit.Request(headers: ("signature-agent", "\"https://agent.example\""));
        Assert.Equal(SignatureState.Invalid, StateOf(uncovered));
        // The newer form, a dictionary: the member that is covered counts.
        string member = SigningKit.Parameters("\"@authority\" \"signature-agent\";key=\"me\"");
        EdgeRequest newer = SigningKit.Request(
            member,
            "\"@authority\": shop.example\n\"signature-agent\";key=\"me\": \"https://agent.example\"\n",
            headers: ("signature-agent", "you=\"https://other.example\", me=\"https://agent.example\"")
        );
        Assert.Equal(SignatureState.Valid, StateOf(newer));

        static EdgeRequest Request(string parameters, string agent) =>
            SigningKit.Request(
                parameters,
                $"\"@authority\": shop.example\n\"signature-agent\": {agent}\n",
                headers: ("signature-agent", agent)
            );
    }

    [Fact]
    public void Verify_SeveralSignatures_TheOneWithTheTagCounts()
    {
        EdgeRequest request = SigningKit.Request(label: "mine");
        request.Headers.Insert(0, new("signature-input", "proxy=(\"@method\");created=1;keyid=\"p\""));
        request.Headers.Insert(0, new("signature", "proxy=:AAAA:"));
        Assert.Equal(SignatureState.Valid, StateOf(request));
        EdgeRequest other = SigningKit.Plain();
        other.Headers.Add(new("signature-input", "proxy=(\"@method\");created=1;keyid=\"p\""));
        other.Headers.Add(new("signature", "proxy=:AAAA:"));
        Assert.Equal(SignatureState.None, StateOf(other));
    }

    [Fact]
    public void Verify_KeyThatIsNotKnown_IsUnknownWithWhoseItIsSaidToBe()
    {
        EdgeRequest request = SigningKit.Request(
            SigningKit.Parameters("\"@authority\" \"signature-agent\""),
            "\"@authority\": shop.example\n\"signature-agent\": \"https://agent.example\"\n",
            headers: ("signature-agent", "\"https://agent.example\"")
        );
        Assert.Equal(
            new SignatureFacts(SignatureState.UnknownKey, null, "https://agent.example"),
            AgentKeys.None.Verify(request, out _)
        );
        foreach (string more in (string[])[",\"exp\":1780315200", ",\"nbf\":1780315201", ",\"exp\":1780315200000"])
            Assert.Equal(
                SignatureState.UnknownKey,
                AgentKeys.None.With("agent", null, SigningKit.Directory(more)).Verify(request, out _).State
            );
        Assert.Equal(
            SignatureState.Valid,
            AgentKeys
                .None.With("agent", null, SigningKit.Directory(",\"exp\":1780315201,\"nbf\":1780315200"))
                .Verify(request, out _)
                .State
        );
    }

    [Fact]
    public void With_AnotherAgentsKey_StaysWhoseItWas()
    {
        AgentKeys both = Known.With("thief", null, SigningKit.Directory());
        Assert.Equal("agent", both.Verify(SigningKit.Request(), out _).Agent);
        Assert.Equal((1, 0), (both.CountOf("agent"), both.CountOf("thief")));
    }

    /// <summary>RFC 8037, A.3: the thumbprint of the RFC's example key.</summary>
    [Fact]
    public void ThumbprintOf_ExampleOfTheRfc_IsTheRfcs() =>
        Assert.Equal(
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            KeyDirectory.ThumbprintOf(
                System.Buffers.Text.Base64Url.DecodeFromChars("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
            )
        );

    [Theory]
    [InlineData("", "is no JSON")]
    [InlineData("[]", "is no set of keys")]
    [InlineData("{\"keys\":5}", "is no set of keys")]
    [InlineData("{\"keys\":[]}", "holds no Ed25519 key")]
    [InlineData("{\"keys\":[5,{},{\"kty\":\"RSA\"}]}", "holds no Ed25519 key")]
    [InlineData(
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}",
        "holds no Ed25519 key"
    )]
    [InlineData(
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs\",\"use\":\"enc\"}]}",
        "holds no Ed25519 key"
    )]
    [InlineData(
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"JrQLj5P+89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs\"}]}",
        "holds no Ed25519 key"
    )]
    public void Directory_ThatIsNone_IsRefused(string text, string error)
    {
        Assert.Null(KeyDirectory.TryParse(text, out string found));
        Assert.StartsWith(error, found);
    }

    [Fact]
    public void Directory_TooManyKeys_IsRefused()
    {
        string many = $"{{\"keys\":[{string.Join(',', Enumerable.Repeat("{}", 101))}]}}";
        Assert.Null(KeyDirectory.TryParse(many, out string error));
        Assert.Equal("holds more than 100 keys", error);
    }

    [Fact]
    public void NonceBook_UsedOrFull_IsRefusedUntilItExpires()
    {
        NonceBook book = new(countMax: 3);
        Assert.True(book.TryUse(new("k", "a", 100), 50));
        Assert.False(book.TryUse(new("k", "a", 100), 99));
        Assert.True(book.TryUse(new("j", "a", 200), 99));
        Assert.True(book.TryUse(new("k", "b", 300), 99));
        Assert.False(book.TryUse(new("k", "c", 300), 100)); // full
        Assert.True(book.TryUse(new("k", "c", 300), 100 + AgentKeys.SkewSeconds));
        Assert.Equal(3, book.Count);
    }

    private static SignatureState StateOf(EdgeRequest request) => Known.Verify(request, out _).State;
}
