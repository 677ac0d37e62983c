using System.Text;
using Throughline.Core.Events;
using Throughline.Core.Identity;
using Throughline.Core.State;
using Throughline.Testing;

namespace Throughline.Core.Tests.Identity;

/// <summary>Ids that are made several at a time: they must be those that <see cref="CustomerIds"/> gives one by one.</summary>
public sealed class ForeseenIdsTests
{
    [Fact]
    public void Hash_OfMessagesOfAnyLength_IsTheSystemsSha256()
    {
        Random random = Seeds.Random();
        for (int length = 1; length < 200; length++)
        {
            CustomerIds ids = new(new('t', length));
            byte[] type = Encoding.UTF8.GetBytes(new string('y', random.Next(1, 60)));
            Token[] tokens = new Token[Sha256Lanes.Count];
            Token[] hashes = new Token[Sha256Lanes.Count];
            for (int lane = 0; lane < tokens.Length; lane++)
                tokens[lane] = TokenOf(random);
            (uint[] padded, int tokenAt) = ids.MessageOf(type);

            Sha256Lanes.Hash(padded, tokenAt, tokens, hashes);

            Assert.Equal(tokens.Select(token => ids.Of(type, token)), hashes);
        }
    }

    [Fact]
    public void Of_WhateverWasTold_IsTheIdOfTheFounder()
    {
        Random random = Seeds.Random();
        NameTable types = new("types", maximum: 10);
        foreach (
            string name in (string[])
                ["none", "user", "email", "a-type-with-a-longer-name-that-fills-a-block-of-its-own"]
        )
            types.Intern(Encoding.UTF8.GetBytes(name));
        CustomerIds ids = new("told");
        ForeseenIds foreseen = new(ids, types);
        Token[] tokens = [.. Enumerable.Range(0, 300).Select(_ => TokenOf(random))];
        for (int i = 0; i < 20_000; i++)
        {
            int type = random.Next(1, types.Count);
            Token token = tokens[random.Next(tokens.Length)];
            if (random.Next(3) != 0)
                foreseen.Tell(type, token);
            else
                Assert.Equal(ids.Of(types.Utf8(type), token), foreseen.Of(type, token));
        }
    }

    // Few different ends: several want one place of what is remembered.
    private static Token TokenOf(Random random) => new((ulong)random.NextInt64(), (ulong)random.NextInt64() & ~0xf0UL);
}
