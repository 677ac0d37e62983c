namespace Throughline.Core.Identity.Matching.Text;

/// <summary>
/// Short and familiar forms of given names in English, Spanish, French, German and Italian, and common spellings of names from other
/// scripts. Two names are related if a line holds both. Written for this product from general knowledge; not complete.
/// </summary>
internal static class Nicknames
{
    private const string Lines = """
        abigail abby abbie gail
        abraham abe bram
        adelaide addie adele heidi
        agnes aggie nessie
        albert al bert bertie berti
        alberto beto
        alejandro alex ale jandro
        alexander alex alec al sandy xander sasha aleksandr alexandre alessandro
        alexandra alex alexa sandra sandy lexi sasha alessandra
        alfred al alf alfie fred freddie
        alice ali allie alicia
        amanda mandy
        amelia amy millie mia
        anastasia nastassia anastassia anastasija nastya stacy tasia ana
        andrew andy drew andre andreas andrei andrej
        andrea andy drea
        angela angie angelina
        ann anne anna annie nan nancy hanna hannah ana anya
        anthony antony tony ant anton antonio toni
        antonia toni tonia
        archibald archie
        arnold arnie
        arthur art artie
        augustus gus august
        barbara barb babs barbie bobbie
        bartholomew bart
        beatrice bea trixie beatriz
        benjamin ben benny benji
        bernard bernie
        bertha bertie
        bradley brad
        brian bryan ryan
        bridget biddy bridie
        calvin cal
        cameron cam
        carolina carol caro lina
        caroline carol carrie lina carolyn
        carlos carlitos
        catalina cata lina
        catherine cathy kate katie kathy kat katherine kathryn cat kitty kathleen cathleen katharina catharine katrina
        cecilia cecily celia cissy
        charles charlie chuck chas charley carl karl chip carlos
        charlotte lottie charlie lotte
        christina chris tina chrissie christine kristina kirsten kristin kristen
        christopher chris kit topher christoph kristopher
        clarence clare
        clifford cliff
        clinton clint
        concepcion concha conchita
        constance connie
        cornelius neil con
        cynthia cindy
        daniel dan danny dani
        danielle dani daniella daniela danni ella
        david dave davie davy
        deborah debbie deb debra
        dennis denny den denis
        dolores lola lolita
        donald don donnie
        dorothy dot dottie dolly dora
        douglas doug
        eduardo edu lalo eddie
        edmund ed eddie ned ted
        edward ed eddie eddy ned ted teddy teddie
        edwin ed eddie win
        eleanor ellie nell nora ella elinor eleonore eleanora lenore
        elizabeth liz beth betty eliza lizzie elisabeth elsie lisa libby bess bessie betsy liza elise elisa ellie
        ellen ellie nell helen nellie
        emily em emma millie
        emma em emmy
        enrique quique kike
        ernest ernie
        esther essie hester
        eugene gene
        evelyn eve evie
        ezekiel zeke
        florence flo flossie
        frances fran fanny frankie francie franny
        francis frank fran frankie
        francisco paco pancho curro kiko cisco
        franklin frank
        franz franzl
        frederick fred freddie freddy rick frederic friedrich fritz
        friederike rike fritzi
        gabriel gabe
        gabriella gabby gaby ella gabriela gabrielle
        gabriele gaby
        genevieve gen ginny
        geoffrey jeff jeffrey geoff
        george georgie georg jorge giorgio georges
        georgina gina georgie
        gerald gerry jerry
        gerard gerry jerry gerhard
        gertrude gertie trudy
        gilbert gil bert
        giovanni gianni
        giuseppe peppe beppe pino
        gregory greg gregor
        guadalupe lupe
        gustavo gus
        gwendolyn gwen wendy
        harold harry hal
        harriet hattie harriette
        harvey harve
        henrietta etta hetty
        henry harry hank hal heinrich henri
        herbert herb bert
        howard howie
        hubert hugh bert
        ignacio nacho
        irving irv
        isaac ike zac
        isabel isabella bella izzy belle isabelle ella isa
        isidore izzy
        jacob jake jack jakob
        jacqueline jackie jacqui
        james jim jimmy jamie jem jimmie
        jane janie jenny jean janet joan
        janet jan jane
        jean jeanne jeannie
        jennifer jen jenny jennie
        jeremiah jerry jeremy
        jeremy jerry jem
        jerome jerry
        jessica jess jessie
        jesus chuy
        jill gillian gill jillian
        joan joanie joanna joanne johanna
        joaquin quino
        johann hans johannes hannes jo
        john jack johnny jon johnnie ian
        jonathan jon john nathan jonny
        jose pepe che
        josefa pepa
        joseph joe joey josef giuseppe jos
        josephine jo josie fifi
        joshua josh
        judith judy judi jude
        julia julie jules
        julian jules
        katarina kati katja
        kenneth ken kenny
        kimberly kim kimberley
        laura laurie lori
        laurence larry laurie lawrence lorenz lorenzo
        leonard len leo lenny leon leonhard
        leopold leo
        leslie les lesley
        letitia letty tisha
        lewis lew louis lou luis ludwig
        lillian lil lily lilian
        linda lindy lynn
        louise lou lulu luise louisa luisa
        lucia lucy lucie lucille
        lucas luke luca lukas
        luis lucho
        madeline maddie madeleine magdalena lena
        magdalena lena magda leni
        manuel manny manolo manu
        marcus mark marc marco markus
        margaret maggie meg peggy peggie marge margie megan greta daisy rita margarita marguerite margarete margot madge gretchen gretel
        margarete grete
        maria mary marie maja mia mitzi mariah mari
        maria-jose marijose
        mark marc marcus
        martha marty mattie
        martin marty tino
        mary marie maria molly polly mae mamie may
        matilda tilly mattie mathilda mathilde
        matthew matt matty mathew matthias matthieu matteo
        maurice morris moe morrie
        maximilian max maxi
        mercedes merche
        michael mike mick mickey mikey micky mitch miguel michel mikhail
        michelle shelly michele missy
        mildred millie
        miriam mimi mitzi
        mohammed muhammad mohamed mohammad muhammed mohd mhd mohamad muhamed md mo
        montgomery monty
        nancy nan
        natalie nat natalia natasha
        nathaniel nat nate nathan
        nicholas nick nicky nico nicolas nikolaus klaus claus nikolas nikolai
        nicole nicky nikki nico
        oliver ollie olly
        olivia liv livvy
        oscar ozzie
        oswald ozzie
        pamela pam
        patricia pat patty patsy tricia trish
        patrick pat paddy
        paul paulie pablo paolo pavel
        paula polly
        penelope penny
        percival percy
        peter pete pedro pierre piotr pyotr
        philip phil pip phillip philipp philippe felipe
        phyllis phyl
        rachel rae rachael
        rafael rafa
        randolph randy
        raymond ray
        rebecca becky becca beckie rebekah
        reginald reg reggie
        rene renny
        richard rick dick richie ricky rich ricardo
        robert bob rob bobby robbie robby bert robin roberto
        roberta bobbie
        roderick rod roddy
        rodney rod
        roger rodge
        roland rollo
        ronald ron ronnie ronny
        rosario charo
        rosemary rose rosie
        roxanne roxy
        russell russ
        salvador chava
        samantha sam sammy
        samuel sam sammy
        sarah sally sadie sara zara
        sebastian seb bastian
        sergio checo
        sidney sid
        solomon sol
        sophia sophie sofia sofie
        stanley stan
        stephanie steph stephie stefanie
        stephen steve stevie steven stefan etienne esteban stephan
        susan sue susie suzanne suzy susanna susanne suzie
        teresa terry tess tessa theresa therese tracy resi
        terence terry terrence
        thaddeus tad ted
        theodore ted teddy theo theodor
        theodora dora thea
        thomas tom tommy tomas thom
        timothy tim timmy
        tobias toby
        valentina val tina
        valerie val
        veronica ronnie vera
        victor vic viktor
        victoria vicky vicki tori vikki
        vincent vince vinnie vinny
        virginia ginny ginger
        walter walt wally
        wilhelm willi willy
        wilfred wilf will fred wilfrid wilford
        william bill billy will willie liam wilhelm guillermo guillaume wm
        winifred winnie fred freda
        xavier javi javier
        yevgeny evgeny eugene zhenya
        zachary zach zack zac
        """;

    private static readonly Dictionary<string, int[]> Groups = Build();

    /// <summary>Whether two folded given names are forms of one name.</summary>
    public static bool AreRelated(string a, string b) =>
        Groups.TryGetValue(a, out int[]? ofA) && Groups.TryGetValue(b, out int[]? ofB) && ofA.AsSpan().ContainsAny(ofB);

    /// <summary>What stands for all forms of a name: equal for related names. A name without known forms stands for itself.</summary>
    public static IEnumerable<string> RootsOf(string name) =>
        name.Length == 0 ? []
        : Groups.TryGetValue(name, out int[]? of)
            ? of.Select(x => x.ToString(System.Globalization.CultureInfo.InvariantCulture))
        : [name];

    private static Dictionary<string, int[]> Build()
    {
        Dictionary<string, List<int>> groups = [];
        string[] lines = Lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < lines.Length; i++)
            foreach (string name in lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (!groups.TryGetValue(name, out List<int>? of))
                    groups[name] = of = [];
                of.Add(i);
            }
        return groups.ToDictionary(x => x.Key, x => x.Value.ToArray(), StringComparer.Ordinal);
    }
}
