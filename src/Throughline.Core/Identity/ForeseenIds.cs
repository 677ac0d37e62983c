using System.Runtime.Intrinsics;
using Throughline.Core.Events;
using Throughline.Core.State;

namespace Throughline.Core.Identity;

/// <summary>
/// Ids of customers for the writer. Whoever will be asked for soon is told ahead: the slow hash of one is taken together with those of others
/// that were told, and remembered. What is asked for and was not told, or told and is never asked for, costs time alone.
/// </summary>
internal sealed class ForeseenIds(CustomerIds ids, NameTable types)
{
    private const int KnownSize = 256;
    private const int ToldSize = 16;

    private readonly Known[] known = new Known[KnownSize];
    private readonly (int Type, Token Token)[] told = new (int, Token)[ToldSize]; // a ring
    private readonly Token[] tokens = new Token[Sha256Lanes.Count];
    private readonly Token[] hashes = new Token[Sha256Lanes.Count];
    private (uint[] Padded, int TokenAt)?[] messages = [];
    private int first;
    private int end;

    /// <summary>This identifier may soon found a customer.</summary>
    public void Tell(int type, Token token)
    {
        if (end - first == ToldSize)
            first++;
        told[end++ & (ToldSize - 1)] = (type, token);
    }

    /// <summary>The id of the customer that an identifier founds.</summary>
    public Token Of(int type, Token token)
    {
        ref Known known = ref PlaceOf(token);
        if (known.Token == token && known.Type == type)
            return known.Id;
        if (Vector256.IsHardwareAccelerated)
            Learn(type, token);
        else
            known = new(type, token, ids.Of(types.Utf8(type), token));
        return known.Id;
    }

    // Lanes that nobody was told for take the same token again.
    private void Learn(int type, Token token)
    {
        tokens.AsSpan().Fill(token);
        int lanes = 1;
        for (; first != end && lanes < tokens.Length; first++)
            if (told[first & (ToldSize - 1)] is var other && other.Type == type && other.Token != token)
                tokens[lanes++] = other.Token;
        (uint[] padded, int tokenAt) = MessageOf(type);
        Sha256Lanes.Hash(padded, tokenAt, tokens, hashes);
        for (int lane = lanes - 1; lane >= 0; lane--) // the one that is asked for last: another may have its place
            PlaceOf(tokens[lane]) = new(type, tokens[lane], hashes[lane]);
    }

    private (uint[] Padded, int TokenAt) MessageOf(int type)
    {
        if (type >= messages.Length)
            Array.Resize(ref messages, type + 1);
        return messages[type] ??= ids.MessageOf(types.Utf8(type));
    }

    private ref Known PlaceOf(Token token) => ref known[(int)token.Low & (KnownSize - 1)];

    private readonly record struct Known(int Type, Token Token, Token Id);
}
