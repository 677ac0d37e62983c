namespace Throughline.Core.Events;

/// <summary>The section of a link event: what a matcher says of the two identifiers.</summary>
internal ref partial struct EventJsonReader
{
    private bool ReadLink()
    {
        const string Pointer = "/link";
        if (!Open(Pointer))
            return false;
        LinkFields had = 0;
        while (NextName(Pointer, out ReadOnlySpan<byte> name))
        {
            LinkFields member =
                name.SequenceEqual("tier"u8) ? LinkFields.Tier
                : name.SequenceEqual("scorePpm"u8) ? LinkFields.ScorePpm
                : name.SequenceEqual("source"u8) ? LinkFields.Source
                : name.SequenceEqual("model"u8) ? LinkFields.Model
                : 0;
            if (!See(ref had, member, Pointer, name))
                return false;
            bool read = member switch
            {
                LinkFields.Tier => ReadTier(Pointer + "/tier"),
                LinkFields.ScorePpm => ReadScorePpm(Pointer + "/scorePpm"),
                LinkFields.Source => ReadText(Pointer + "/source", EventField.Host, EventLimits.Name),
                _ => ReadText(Pointer + "/model", EventField.Kind, EventLimits.Name),
            };
            if (!read)
                return false;
        }
        if (rejection.Reason != 0)
            return false;
        return (had & LinkFields.Tier) == 0 ? Missing(Pointer + "/tier")
            : (had & LinkFields.ScorePpm) == 0 ? Missing(Pointer + "/scorePpm")
            : (had & LinkFields.Source) == 0 ? Missing(Pointer + "/source")
            : (had & LinkFields.Model) != 0 || Missing(Pointer + "/model");
    }

    private bool ReadTier(string pointer)
    {
        bool read = ReadWhole(pointer, 1, EventLimits.LinkTier, out long tier);
        raw.Status = read ? (int)tier : null;
        return read;
    }

    private bool ReadScorePpm(string pointer)
    {
        bool read = ReadWhole(pointer, 0, EventLimits.LinkScore, out long score);
        raw.Score = read ? (int)score : null;
        return read;
    }

    [Flags]
    private enum LinkFields
    {
        Tier = 1,
        ScorePpm = 2,
        Source = 4,
        Model = 8,
    }
}
